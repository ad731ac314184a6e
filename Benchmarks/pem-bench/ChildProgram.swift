import Foundation

/// A program that runs in a process of its own, and what it prints.
struct ChildProgram {
    let url: URL

    /// This program once more. Throws `BenchFailure` where its file is not known.
    static func own() throws -> ChildProgram {
        guard let url = Bundle.main.executableURL else { throw BenchFailure(description: "the program has no path") }
        return ChildProgram(url: url)
    }

    /// What it prints when it has ended; its errors go where ours go. `environment` is added to ours. Throws
    /// `BenchFailure` where it fails.
    func output(
        _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
    ) throws -> String {
        let process = Process()
        let pipe = Pipe()
        (process.executableURL, process.arguments, process.standardOutput) = (url, arguments, pipe)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        if let folder { process.currentDirectoryURL = folder }
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let status = process.terminationStatus
        guard status == 0 else {
            let end =
                process.terminationReason == .exit
                ? "ended with status \(status)"
                : "was ended by signal \(status)" + (status == SIGKILL ? " (memory?)" : "")
            throw BenchFailure(description: "\(url.path) \(arguments.joined(separator: " ")) \(end)")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
