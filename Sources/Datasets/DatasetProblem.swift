import Annotations
import Images

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
    /// An annotation that fits the stored pixels of an image that is turned when it is read.
    case labelsOfUnturned(image: String, ImageSize, labels: String, ImageSize)
    /// Label values that are neither a class nor the ignore label (as stored in the file, before any label
    /// map).
    case unknownLabels(path: String, values: [Int], pixels: Int, column: Int, row: Int, allowed: String)
    case onlyIgnored(path: String)
    /// Anything else: a file or key ("" for the subject of the error itself), and what is wrong with it.
    case other(String, String)

    /// An image of the size `image` beside an annotation of another size.
    static func sizes(image path: String, _ image: ImageSize, labels: String, _ known: ImageSize) -> DatasetProblem {
        let fitsStored = known == image.transposed && (try? ImageFile.liesOnItsSide(path)) == true
        return fitsStored
            ? .labelsOfUnturned(image: path, image, labels: labels, known)
            : .sizesDiffer(image: path, image, labels: labels, known)
    }

    /// Whether it forbids training. Images with nothing but ignored pixels are harmless.
    package var isBlocking: Bool {
        if case .onlyIgnored = self { return false }
        return true
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
        case .labelsOfUnturned(let image, let imageSize, let labels, let labelSize):
            return "\(labels): is \(labelSize) and fits the stored pixels of its image \(image), whose orientation mark"
                + " turns it to \(imageSize) (turn the labels, too, or remove the mark)"
        case .unknownLabels(let path, let values, let pixels, let column, let row, let allowed):
            let listed =
                values.prefix(8).map(String.init).joined(separator: ", ") + (values.count > 8 ? ", …" : "")
            return "\(path): label\(values.count == 1 ? "" : "s") \(listed) outside the classes on \(pixels)"
                + " pixel\(pixels == 1 ? "" : "s"), first at column \(column), row \(row)"
                + " (expected \(allowed))"
        case .onlyIgnored(let path):
            return "\(path): nothing but ignored pixels"
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

    /// So many problems are listed; the rest is counted.
    private static let mostListed = 20

    /// All problems, one a line; a long list is cut and counted.
    package var description: String {
        if problems.count == 1 { return "\(subject): \(problems[0]); \(advice)" }
        let listed = problems.prefix(Self.mostListed).map { "\n  \($0)" }.joined()
        let rest = problems.count > Self.mostListed ? "\n  and \(problems.count - Self.mostListed) more" : ""
        return "\(subject): \(problems.count) problems" + listed + rest + "\n" + advice
    }
}
