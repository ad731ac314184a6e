import Foundation
import TestSupport
import Testing

@Suite struct KillTests {
    /// Killed before file operations and at random moments, a run that goes on ends with the same bytes.
    @Test func killedAndResumedEqualsNeverStopped() throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Tools/kill-test.sh").standardizedFileURL.path
        let folder = (try Command.path(of: "pem-train") as NSString).deletingLastPathComponent
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["BIN=" + folder, "bash", script, "5"]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && text.contains("killed 5 times (4 of "), "\(text)")
    }
}
