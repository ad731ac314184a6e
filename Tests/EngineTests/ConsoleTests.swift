import Engine
import Foundation
import Testing

/// What stands on a terminal.
@Suite struct ConsoleTests {
    /// A terminal of so many columns.
    private final class Terminal {
        let descriptor: Int32
        private let reader: Int32

        init(columns: UInt16) throws {
            var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
            var ends: (Int32, Int32) = (-1, -1)
            try #require(openpty(&ends.0, &ends.1, nil, nil, &size) == 0)
            (reader, descriptor) = ends
        }

        deinit {
            close(descriptor)
            close(reader)
        }

        /// What was written.
        func text() -> String {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(reader, &bytes, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    private func status() -> StatusLine {
        var status = StatusLine(done: 12, total: 100, secondsLeft: 7387)
        status.add("12/100", rank: 3)
        status.add("3.20 img/s", rank: 2)
        status.add("loss 2.41", rank: 1)
        return status
    }

    @Test(arguments: [
        (20, "ETA 2:03:07  12%"), (28, "ETA 2:03:07  12%  loss 2.41"), (40, "ETA 2:03:07  12%  3.20 img/s  loss 2.41"),
        (48, "ETA 2:03:07  12%  12/100  3.20 img/s  loss 2.41"),
        (61, "ETA 2:03:07  12%  [#.........]  12/100  3.20 img/s  loss 2.41"), (9, "ETA 2:03:"),
    ])
    func whatMattersLeastIsLeftOut(columns: Int, text: String) {
        #expect(status().text(columns: columns) == text)
    }

    @Test func theBarHasRoomForAllOfIt() {
        let text = status().text(columns: 200)
        #expect(text.contains("[###...........................]"))
    }

    @Test(arguments: [[:], ["NO_COLOR": ""], ["NO_COLOR": "1"]])
    func coloursAreLeftOutWhereTheyAreNotWanted(environment: [String: String]) throws {
        let terminal = try Terminal(columns: 100)
        let console = Console(descriptor: terminal.descriptor, environment: environment)
        console.live(status())
        console.line("warning: hot")
        let text = terminal.text()
        let isColored = environment["NO_COLOR"] != "1"
        #expect(
            text.contains("\u{1B}[32m") == isColored && text.contains("\u{1B}[33mwarning:\u{1B}[0m hot") == isColored)
        #expect(isColored || text.contains("warning: hot"))
        #expect(text.contains("\r\u{1B}[K"))
    }

    @Test func aDumbTerminalGetsPlainLines() throws {
        let terminal = try Terminal(columns: 80)
        let console = Console(descriptor: terminal.descriptor, environment: ["TERM": "dumb"])
        console.live(status())
        console.line("warning: hot")
        console.progress("iteration 1")
        #expect(terminal.text() == "warning: hot\r\niteration 1\r\n")
    }

    @Test func longLinesBreakBetweenWords() throws {
        let terminal = try Terminal(columns: 30)
        let console = Console(descriptor: terminal.descriptor, environment: ["NO_COLOR": "1"])
        console.line("evaluation after 12 iterations: mIoU 2.12  fwIoU 13.98")
        console.line(String(repeating: "x", count: 40))
        #expect(
            terminal.text() == "evaluation after 12\r\niterations: mIoU 2.12  fwIoU\r\n13.98\r\n"
                + String(repeating: "x", count: 40) + "\r\n")
    }
}
