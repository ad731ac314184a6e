import Annotations

/// A fault of a data set, with the files concerned.
package enum DatasetProblem: Sendable, Equatable, CustomStringConvertible {
    case missingFolder(String)
    /// A folder without a single image.
    case noImages(folder: String)
    case missingLabels(image: String, expected: String)
    case missingImage(labels: String)
    /// Two files that would be one sample.
    case sameName(String, String)
    /// A file that cannot be decoded or written; the text is the whole message of the error.
    case unreadable(String)
    case sizesDiffer(image: String, ImageSize, labels: String, ImageSize)
    /// Label values that are neither a class nor the ignore label (as stored in the file, before any label
    /// map).
    case unknownLabels(path: String, values: [Int], pixels: Int, column: Int, row: Int, allowed: String)
    case onlyIgnored(path: String)
    /// A folder that holds itself, through a link.
    case circle(String)
    /// So many images that a list does not have.
    case notListed(images: Int, first: String, list: String)
    /// Anything else: a file or key ("" for the subject of the error itself), and what is wrong with it.
    case other(String, String)

    /// Whether it forbids training.
    package var isBlocking: Bool {
        switch self {
        case .onlyIgnored, .circle, .notListed: false
        default: true
        }
    }

    /// What problems of one kind have in common: the text without the file, and without what differs between files.
    fileprivate var kind: String {
        let text =
            switch self {
            case .other(_, let what): what
            case .unreadable(let message): message.split(separator: ": ").dropFirst().joined(separator: ": ")
            case .missingLabels: "has no labels"
            case .sameName: "has the same name"
            case .sizesDiffer: "is of another size"
            case .unknownLabels: "outside the classes"
            default: String(description.drop { $0 != ":" })
            }
        return String(text.prefix { $0 != "(" }).replacing(/"[^"]*"|[0-9]+/, with: "#")
    }

    /// The file, what is wrong with it, expected and found.
    package var description: String {
        switch self {
        case .missingFolder(let path):
            return "\(path): no such folder"
        case .noImages(let folder):
            return "\(folder): holds no images"
        case .missingLabels(let image, let expected):
            return "\(image): has no labels (expected \(expected))"
        case .missingImage(let labels):
            return "\(labels): labels without an image"
        case .sameName(let first, let second):
            return "\(second): has the same name as \(first)"
        case .unreadable(let message):
            return message
        case .sizesDiffer(let image, let imageSize, let labels, let labelSize):
            return "\(labels): is \(labelSize), but its image \(image) is \(imageSize)"
        case .unknownLabels(let path, let values, let pixels, let column, let row, let allowed):
            let listed =
                values.prefix(8).map(String.init).joined(separator: ", ") + (values.count > 8 ? ", …" : "")
            return "\(path): label\(values.count == 1 ? "" : "s") \(listed) outside the classes on \(pixels)"
                + " pixel\(pixels == 1 ? "" : "s"), first at column \(column), row \(row)"
                + " (expected \(allowed))"
        case .onlyIgnored(let path):
            return "\(path): nothing but ignored pixels"
        case .circle(let folder):
            return "\(folder): leads back to a folder around it, and is not entered again"
        case .notListed(let images, let first, let list):
            return "\(first): \(images == 1 ? "is" : "and \(images - 1) more images are") not in \(list), and left out"
        case .other(let path, let what):
            return path.isEmpty ? what : "\(path): \(what)"
        }
    }
}

/// A data set that cannot be used: all that is wrong, and what to do.
package struct DatasetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The data set or description file.
    package let subject: String
    /// Never empty.
    package let problems: [DatasetProblem]
    /// What the user can do.
    package let advice: String

    /// At least one problem of `subject`, and what to do about them.
    package init(_ subject: String, _ problems: [DatasetProblem], advice: String) {
        precondition(!problems.isEmpty, "DatasetError without a problem")
        self.subject = subject
        self.problems = problems
        self.advice = advice
    }

    /// So many kinds are told, with so many files each; the rest is counted.
    private static let (mostKinds, mostFiles) = (12, 3)

    /// All kinds of problems with their first files, one a line; long lists are cut and counted.
    package var description: String {
        if problems.count == 1 { return "\(subject): \(problems[0]); \(advice)" }
        var (kinds, ofKind): ([String], [String: [DatasetProblem]]) = ([], [:])
        for problem in problems {
            let kind = problem.kind
            if ofKind[kind] == nil { kinds.append(kind) }
            ofKind[kind, default: []].append(problem)
        }
        let lines = kinds.prefix(Self.mostKinds).flatMap { kind in
            let all = ofKind[kind] ?? []
            let rest = all.count - Self.mostFiles
            return all.prefix(Self.mostFiles).map { "\n  \($0)" }
                + (rest > 0 ? ["\n    and \(rest) more of this kind (\(all.count) in all)"] : [])
        }
        let others = problems.count - kinds.prefix(Self.mostKinds).reduce(0) { $0 + (ofKind[$1]?.count ?? 0) }
        let rest = others > 0 ? "\n  and \(others) problems of other kinds" : ""
        return "\(subject): \(problems.count) problems" + lines.joined() + rest + "\n" + advice
    }
}
