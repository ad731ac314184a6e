import ArgumentParser
import CShortage
import Engine
import Families
import Foundation
import Kernels
import Recipes
import Tensors

/// Turns what went wrong into one message on standard error and an exit status: 1 for a failure, 64 for
/// wrong usage.
package enum CommandRunner {
    /// What `--version` of every command says.
    package static let version = "PEM \(Release.version)"

    /// Runs a command's work, which returns its exit status. Throws only what ArgumentParser turns into an
    /// exit.
    package static func run(_ work: () throws -> Int32) throws {
        shortage_ends_with_line()
        // A full disk or a reader that went away is an error to be told, not a reason to be killed.
        signal(SIGXFSZ, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        // Ctrl-\ ends a command as other signals do, without a dump of its memory.
        signal(SIGQUIT) { _exit(128 + $0) }
        let status: Int32
        do {
            let shared = try OpenBLAS.shared.get()
            for note in shared.notes { say("note: \(note)") }
            MatrixProducts.use(shared.library)
            status = try work()
        } catch let usage as ValidationError { throw usage } catch {
            say("error: \(message(of: error))")
            throw ExitCode.failure
        }
        if status != 0 { throw ExitCode(status) }
    }

    /// Reads a configuration with `words` (KEY VALUE …) laid over it, and over both the texts of options by their keys,
    /// which are taken as they stand. Throws `ConfigError`, or `ValidationError` for an unknown option among the words.
    package static func setUp(
        _ config: String, _ words: [String] = [], texts: [String: String] = [:]
    ) throws -> RunSetup {
        let setup = try RunSetup(
            path: config, overrides: Settings.pairs(words), texts: texts, families: networkFamilies)
        for warning in setup.warnings { say("warning: \(warning)") }
        return setup
    }

    /// Sets the number of threads, nil: one a core, and takes the work space that their matrix products need. Threads
    /// beyond the processors that the process may use would only take turns: there are none.
    package static func startThreads(_ count: Int?) throws {
        let processors = UsableProcessors()
        if let count, count > processors.count {
            say("note: --threads \(count): \(processors.count) are used, one for each processor that there is")
        }
        ThreadPool.setThreadCount(min(count ?? processors.cores, processors.count))
        try OpenBLAS.shared.get().library.takeBuffers(threads: ThreadPool.threadCount)
    }

    private static func say(_ line: String) {
        // Standard error may be a terminal that was closed.
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Our errors describe themselves; those of the system are put in the user's words.
    private static func message(of error: any Error) -> String {
        type(of: error) is NSError.Type ? error.localizedDescription : "\(error)"
    }
}
