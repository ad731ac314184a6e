import Tensors

/// The matching cannot go on: a tensor that it reads, or a cost, is not finite.
package struct MatchingError: Error, Equatable, CustomStringConvertible {
    /// What holds the value: "pred_logits", "mask embeddings", "mask features", "class cost", "mask cost", "dice cost".
    package let tensor: String
    /// Which output of the decoder: "final", or "auxiliary 0", "auxiliary 1", …; nil where that does not apply.
    package let output: String?
    /// The first value that is not finite.
    package let value: Double
    /// Where it stands: an index for each axis of the tensor, or (image, query, segment) of a cost.
    package let position: [Int]
    /// The image's file; nil where it is not known.
    package private(set) var path: String?

    /// An error about one value; the criterion names the output.
    package init(tensor: String, output: String? = nil, value: Double, position: [Int]) {
        self.tensor = tensor
        self.output = output
        self.value = value
        self.position = position
    }

    /// Throws of the first value that is not finite.
    static func check(_ tensor: Tensor, _ name: String, _ output: String?) throws(MatchingError) {
        guard !tensor.isFinite, let index = tensor.array.firstIndex(where: { !$0.isFinite }) else { return }
        var (rest, position) = (index, [Int]())
        for size in tensor.shape.reversed() {
            position.insert(rest % size, at: 0)
            rest /= size
        }
        throw MatchingError(tensor: name, output: output, value: Double(tensor.array[index]), position: position)
    }

    /// The error of one image, said of the batch and of one of the decoder's outputs.
    func placed(image: Int, output: String) -> MatchingError {
        MatchingError(tensor: tensor, output: output, value: value, position: [image] + position)
    }

    /// The error of a criterion, whose position begins with the image, with the image's file: one of the batch's.
    package func named(by paths: [String]) -> MatchingError {
        var error = self
        error.path = paths[position[0]]
        return error
    }

    /// The image, the tensor, the place in it, the value, and what to do.
    package var description: String {
        let place = output.map { " of the \($0) output" } ?? ""
        return (path.map { $0 + ": " } ?? "")
            + "\(tensor)\(place): expected finite values, got \(value) at \(position); "
            + "lower the learning rate, or look for the first step with a loss out of line"
    }

    /// Compares as text does, so that NaN equals NaN.
    package static func == (a: MatchingError, b: MatchingError) -> Bool {
        a.tensor == b.tensor && a.output == b.output && a.position == b.position && a.path == b.path
            && (a.value == b.value || (a.value.isNaN && b.value.isNaN))
    }
}
