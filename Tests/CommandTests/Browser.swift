import Foundation

/// A browser without a window: PEM_BROWSER, or Chromium where it is installed.
enum Browser {
    /// Its path or name; nil where there is none.
    static let path: String? = {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["PEM_BROWSER"] { return path }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        let places = ["chromium", "chromium-browser", "google-chrome"].flatMap { name in folders.map { "\($0)/\(name)" }
        }
        return places.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// The elements of a page in a file after it was loaded, as HTML, and what the browser has to say of it: errors of
    /// scripts, and what its content security policy forbade.
    static func load(_ file: String) throws -> (elements: String, messages: [String]) {
        let profile = NSTemporaryDirectory() + "browser-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: profile) }
        let process = Process()
        let (output, errors) = (Pipe(), profile + "-errors")
        try Data().write(to: URL(fileURLWithPath: errors))
        defer { try? FileManager.default.removeItem(atPath: errors) }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            path ?? "", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--user-data-dir=" + profile,
            "--enable-logging=stderr", "--dump-dom", URL(fileURLWithPath: file).absoluteString,
        ]
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        let elements = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let log = try String(contentsOfFile: errors, encoding: .utf8)
        return (elements, log.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init))
    }
}
