/// Where a key or a value was written.
package enum ConfigOrigin: Sendable, Equatable {
    /// A place in a file.
    case file(FilePosition)
    /// A `KEY VALUE` pair on the command line, as it was typed.
    case commandLine(String)
    /// The table of defaults.
    case builtIn

    /// A character in a file, with the line it stands in.
    package struct FilePosition: Sendable, Equatable {
        /// The path, as it was opened.
        package let file: String
        /// Counted from 1.
        package let line: Int
        /// Counted from 1, in Unicode scalars.
        package let column: Int
        /// The text of the line.
        package let source: String

        /// Line and column count from 1; `source` is the text of the line.
        package init(file: String, line: Int, column: Int, source: String) {
            self.file = file
            self.line = line
            self.column = column
            self.source = source
        }
    }
}

extension ConfigOrigin: CustomStringConvertible {
    /// `file:line:column`, "command line (KEY VALUE)" or "default (nothing sets it)".
    package var description: String {
        switch self {
        case .file(let position): "\(position.file):\(position.line):\(position.column)"
        case .commandLine(let argument): "command line (\(argument))"
        case .builtIn: "default (nothing sets it)"
        }
    }

    /// The source line with a caret beneath the place, where there is one.
    package var snippet: String? {
        guard case .file(let position) = self, !position.source.isEmpty else { return nil }
        let before = position.source.unicodeScalars.prefix(position.column - 1)
        let indent = before.map { $0 == "\t" ? "\t" : " " }.joined()
        return "    \(position.source)\n    \(indent)^"
    }
}
