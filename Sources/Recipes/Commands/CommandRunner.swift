import ArgumentParser
import Foundation

/// Turns what went wrong into one message on standard error and an exit status: 1 for a failure, 64 for
/// wrong usage.
package enum CommandRunner {
    /// Runs a command's work, which returns its exit status. Throws only what ArgumentParser turns into an
    /// exit.
    package static func run(_ work: () throws -> Int32) throws {
        // A full disk or a reader that went away is an error to be told, not a reason to be killed.
        signal(SIGXFSZ, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        let status: Int32
        do { status = try work() } catch let usage as ValidationError { throw usage } catch {
            FileHandle.standardError.write(Data("error: \(message(of: error))\n".utf8))
            throw ExitCode.failure
        }
        if status != 0 { throw ExitCode(status) }
    }

    /// Our errors describe themselves; those of the system are put in the user's words.
    private static func message(of error: any Error) -> String {
        type(of: error) is NSError.Type ? error.localizedDescription : "\(error)"
    }
}
