import Foundation

/// Lines for a person: on a terminal the last of them may be rewritten in place; elsewhere every line stays.
///
/// Colours are for terminals alone, and not where `NO_COLOR` is set (https://no-color.org) or `TERM` is `dumb`.
package final class Console {
    /// What is painted.
    enum Paint: String {
        case green = "32"
        case yellow = "33"
    }

    private let descriptor: Int32
    private let output: FileHandle
    private let hasColors: Bool
    private var hasLiveLine = false

    /// Whether a person looks on, so that a line may be rewritten.
    package let isTerminal: Bool

    /// Gets every line that stays, too.
    package var log: TextLog?

    /// Writes to a file descriptor, standard output unless given.
    package init(
        descriptor: Int32 = STDOUT_FILENO, environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.descriptor = descriptor
        output = FileHandle(fileDescriptor: descriptor)
        isTerminal = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
        hasColors = isTerminal && environment["NO_COLOR", default: ""].isEmpty
    }

    /// Writes a line that stays.
    package func line(_ text: String) {
        log?.add(text)
        let warning = "warning:"
        let broken = isTerminal ? Self.broken(text, columns: columns) : text
        let painted = broken.hasPrefix(warning) ? paint(warning, .yellow) + broken.dropFirst(warning.count) : broken
        write((hasLiveLine ? "\r\u{1B}[K" : "") + painted + "\n")
        hasLiveLine = false
    }

    /// Replaces the live line, cut to the width of the terminal. Does nothing where there is no terminal.
    package func live(_ text: String) { replaceLive { String(text.prefix($0)) } }

    /// The same for a line that fits itself to the width.
    package func live(_ status: StatusLine) {
        replaceLive { status.text(columns: $0) { paint($0, .green) } }
    }

    private func replaceLive(_ text: (_ columns: Int) -> String) {
        guard isTerminal else { return }
        write("\r" + text(max(20, columns - 1)) + "\u{1B}[K")
        hasLiveLine = true
    }

    /// Writes a line of progress where no live line shows it, and into the log.
    package func progress(_ text: String) {
        if isTerminal { log?.add(text) } else { line(text) }
    }

    /// Ends the live line where one stands, so that what others write starts on a line of its own.
    package func endLive() {
        if hasLiveLine { write("\n") }
        hasLiveLine = false
    }

    /// A long line in several, between words where there are any.
    private static func broken(_ text: String, columns: Int) -> String {
        var (lines, rest): ([Substring], Substring) = ([], text[...])
        while rest.count > columns, !rest.prefix(columns).contains("\n") {
            guard let space = rest.prefix(columns + 1).dropFirst(columns / 2).lastIndex(of: " ") else { break }
            lines.append(rest[..<space])
            rest = rest[rest.index(after: space)...]
        }
        return (lines + [rest]).joined(separator: "\n")
    }

    private func paint(_ text: String, _ paint: Paint) -> String {
        hasColors ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// The width of the terminal, 80 where it is not known.
    private var columns: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    // A reader that went away must not stop a long run: what cannot be shown is dropped.
    private func write(_ text: String) {
        try? output.write(contentsOf: Data(text.utf8))
    }
}
