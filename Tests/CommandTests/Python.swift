import Foundation

/// The Python that comparisons with official code run in: PEM_PYTHON, or python3.
enum Python {
    static let path = ProcessInfo.processInfo.environment["PEM_PYTHON"] ?? "python3"
    private static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Whether it has these modules.
    static func has(_ modules: String) -> Bool { (try? run(["-c", "import " + modules]).status) == 0 }

    /// The same, but where changes are checked it is an error not to have them, no reason to skip a test.
    static func hasOrMust(_ modules: String) -> Bool {
        ProcessInfo.processInfo.environment["CI"] != nil || has(modules)
    }

    /// Runs a script of Tools/reference to the end; the output holds what it wrote, errors too.
    static func run(script: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        try run([repository + "/Tools/reference/" + script] + arguments)
    }

    private static func run(_ words: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [path] + words
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}
