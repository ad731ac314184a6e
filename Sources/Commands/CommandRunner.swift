import ArgumentParser
import Foundation
import Kernels

/// Turns what went wrong into one message on standard error and an exit status: 1 for a failure, 64 for
/// wrong usage.
package enum CommandRunner {
    /// Runs a command's work, which returns its exit status. Throws only what ArgumentParser turns into an
    /// exit.
    package static func run(_ work: () throws -> Int32) throws {
        // A full disk or a reader that went away is an error to be told, not a reason to be killed.
        signal(SIGXFSZ, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        // Ctrl-\ ends a command as other signals do, without a dump of its memory.
        signal(SIGQUIT) { _exit(128 + $0) }
        let status: Int32
        do {
            for note in try OpenBLAS.shared.get().notes { say("note: \(note)") }
            status = try work()
        } catch let usage as ValidationError { throw usage } catch {
            say("error: \(message(of: error))")
            throw ExitCode.failure
        }
        if status != 0 { throw ExitCode(status) }
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
