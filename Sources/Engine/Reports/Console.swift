import Foundation

/// Lines for a person: on a terminal the last of them may be rewritten in place; elsewhere every line stays.
package final class Console {
    private let descriptor: Int32
    private let output: FileHandle
    private var hasLiveLine = false

    /// Whether a person looks on, so that a line may be rewritten.
    package let isTerminal: Bool

    /// Writes to a file descriptor, standard output unless given.
    package init(descriptor: Int32 = STDOUT_FILENO) {
        self.descriptor = descriptor
        output = FileHandle(fileDescriptor: descriptor)
        isTerminal = isatty(descriptor) == 1
    }

    /// Writes a line that stays.
    package func line(_ text: String) {
        write((hasLiveLine ? "\r\u{1B}[K" : "") + text + "\n")
        hasLiveLine = false
    }

    /// Replaces the live line, cut to the width of the terminal. Does nothing where there is no terminal.
    package func live(_ text: String) {
        guard isTerminal else { return }
        write("\r" + text.prefix(max(20, columns - 1)) + "\u{1B}[K")
        hasLiveLine = true
    }

    /// Ends the live line where one stands, so that what others write starts on a line of its own.
    package func endLive() {
        if hasLiveLine { write("\n") }
        hasLiveLine = false
    }

    /// The width of the terminal, 80 where it is not known.
    package var columns: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    // A reader that went away must not stop a long run: what cannot be shown is dropped.
    private func write(_ text: String) {
        try? output.write(contentsOf: Data(text.utf8))
    }
}
