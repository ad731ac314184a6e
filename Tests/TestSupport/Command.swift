import Foundation
import Testing

/// Runs one of the built executables, which lie beside the test bundle.
package struct Command {
    /// What a process left behind.
    package struct Result {
        /// The exit status.
        package let status: Int32
        /// Standard output.
        package let output: String
        /// Standard error.
        package let errors: String
    }

    private let process = Process()
    private let output = Pipe()
    private let errors: URL

    /// `shell` comes before the command line, in /bin/sh: `ulimit -f 100`.
    private init(_ name: String, _ arguments: [String], shell: String? = nil) throws {
        let executable = try Self.path(of: name)
        process.executableURL = URL(fileURLWithPath: shell == nil ? executable : "/bin/sh")
        process.arguments =
            shell.map { ["-c", $0 + " && exec \"$0\" \"$@\"", executable] + arguments } ?? arguments
        // A test that loads OpenBLAS sets them for a moment.
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("OPENBLAS_") }
        process.standardOutput = output
        errors = URL(fileURLWithPath: NSTemporaryDirectory() + "command-errors-\(UUID().uuidString)")
        try Data().write(to: errors)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
    }

    /// Runs to the end.
    package static func run(_ name: String, _ arguments: [String], shell: String? = nil) throws -> Result {
        let command = try Command(name, arguments, shell: shell)
        try command.process.run()
        return try command.finish(
            String(decoding: command.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
    }

    /// Runs until a line of the output contains `text`, does what is to be done `meanwhile`, while the process stands
    /// still, sends one or more signals, and waits for the end. `shell` as above.
    package static func run(
        _ name: String, _ arguments: [String], shell: String? = nil, until text: String, signal signals: Int32...,
        meanwhile: () throws -> Void = {}
    ) throws -> Result {
        let command = try Command(name, arguments, shell: shell)
        try command.process.run()
        var seen = Data()
        while true {
            let more = command.output.fileHandleForReading.availableData
            if more.isEmpty { break }
            seen += more
            if seen.range(of: Data(text.utf8)) != nil { break }
        }
        #expect(seen.range(of: Data(text.utf8)) != nil, "the process ended before it said \(text)")
        let process = command.process.processIdentifier
        kill(process, SIGSTOP)
        do { try meanwhile() } catch {
            kill(process, SIGKILL)
            throw error
        }
        for signal in signals { kill(process, signal) }
        kill(process, SIGCONT)
        seen += command.output.fileHandleForReading.readDataToEndOfFile()
        return try command.finish(String(decoding: seen, as: UTF8.self))
    }

    private func finish(_ text: String) throws -> Result {
        process.waitUntilExit()
        defer { try? FileManager.default.removeItem(at: errors) }
        return Result(
            status: process.terminationStatus, output: text,
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }

    /// Where an executable lies. Fails where it is not built.
    package static func path(of name: String) throws -> String {
        let executable = try folder().appendingPathComponent(name).path
        try #require(FileManager.default.isExecutableFile(atPath: executable), "\(executable) is not built")
        return executable
    }

    /// The folder of the running test bundle.
    private static func folder() throws -> URL {
        let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
        let runner = try #require(CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? bundle?.path)
        return URL(fileURLWithPath: runner).resolvingSymlinksInPath().deletingLastPathComponent()
    }
}
