import Foundation

/// Scores of one kind, counted image by image.
///
/// Images can be shared out between processes: each counts a consecutive part of the data set, sends its state, and
/// whoever merges the states in the order of the parts has, to the last bit, the scores of the whole.
package protocol Evaluator: Codable, Sendable {
    associatedtype Result: EvaluationResult

    /// detectron2's name of the task: that of its scores in results.json.
    static var task: String { get }

    /// An evaluator of the same settings that has seen this image alone; nil where the image has nothing for it.
    /// Throws `InputError` naming the image or its file.
    func alone(with image: EvaluationImage) throws -> Self?

    /// Adds what another evaluator of the same settings has seen: images that come after one's own.
    mutating func merge(_ other: Self)

    /// The scores of all images added so far.
    var result: Result { get }
}

/// Scores of one kind: by name for files and logs, in lines for a person.
package protocol EvaluationResult: Sendable {
    /// What is scored, and by whose rules: two programs' mean IoU of the same label maps differ.
    static var title: String { get }
    /// By the official names, means first.
    var entries: [(name: String, value: Double)] { get }
    /// The means in percent by detectron2's names, below its task, where `entries` are another program's.
    var detectron2Means: (task: String, entries: [(name: String, value: Double)])? { get }
    /// The scores of each class, the first of them first.
    var scores: ScoreTable { get }
    /// Lines for a terminal.
    func table() -> String
    /// What the first score is a mean of, where that is less than it seems: "of 1 of 2 classes"; else nil.
    var coverage: String? { get }
}

extension EvaluationResult {
    package var coverage: String? { nil }
    package func table() -> String { scores.text }
    package var detectron2Means: (task: String, entries: [(name: String, value: Double)])? { nil }
}

extension Evaluator {
    /// Adds an image; returns an evaluator that has seen this image alone, whose result is the image's own, or nil
    /// where the image has nothing for this one. Throws `InputError`, and has then counted nothing.
    @discardableResult
    package mutating func add(_ image: EvaluationImage) throws -> Self? {
        let own = try alone(with: image)
        if let own { merge(own) }
        return own
    }

    /// Everything counted so far as bytes, to be sent or saved.
    package func state() throws -> Data {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        return try encoder.encode(self)
    }

    /// Merges an evaluator of the same settings that has become bytes. Throws `DecodingError` for other bytes.
    package mutating func merge(state: Data) throws {
        merge(try PropertyListDecoder().decode(Self.self, from: state))
    }
}

extension [any Evaluator] {
    /// Adds an image to each; returns evaluators that have seen this image alone, for scores of its own. Throws
    /// `InputError`.
    @discardableResult
    package mutating func add(_ image: EvaluationImage) throws -> [any Evaluator] {
        try indices.compactMap { try self[$0].add(image) }
    }
}
