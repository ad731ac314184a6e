import ArgumentParser
import Foundation

/// A command of ours. It ends as ArgumentParser's do, but its messages begin with `error:` as all others, and options
/// of the official programs are answered with what to use instead.
package protocol RootCommand: ParsableCommand {}

extension RootCommand {
    /// Runs the command with the program's arguments.
    package static func main() {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            if let advice = OfficialOptions.advice(on: arguments, to: configuration.commandName ?? "") {
                throw ValidationError(advice)
            }
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch {
            end(with: error)
        }
    }

    /// Help goes to standard output, all else to standard error.
    private static func end(with error: any Error) {
        let (status, usual) = (exitCode(for: error), "Error: ")
        var text = fullMessage(for: error)
        if text.hasPrefix(usual) { text = "error: " + text.dropFirst(usual.count) }
        if !text.isEmpty {
            let output = status.isSuccess ? FileHandle.standardOutput : .standardError
            output.write(Data((text + "\n").utf8))
        }
        exit(withError: status)
    }
}
