import Annotations
import Autodiff
import Networks
import Tensors

/// The matched masks of a decoder's outputs, and the losses that come of them.
struct MatchedOutputs {
    /// The masks of one output.
    struct Output {
        /// Which output of the decoder, as an index of `MaskPredictions`.
        let index: Int
        /// What follows the names of its losses.
        let suffix: String
        /// Its rows of the mask losses.
        let rows: Range<Int>
        /// How many of them are of each image.
        let imageRows: [Int]
    }

    private let predictions: MaskPredictions
    private let classes: [[Int]]
    /// By output as they were added, then by image, then by query.
    private(set) var masks: [MatchedMask] = []
    private(set) var outputs: [Output] = []

    /// No outputs yet. Throws `MatchingError` if the mask features are not finite.
    init(_ predictions: MaskPredictions, _ targets: [MaskTargets]) throws(MatchingError) {
        precondition(
            targets.count == predictions.maskFeatures.shape[0],
            "criterion: targets of \(targets.count) images for a batch of \(predictions.maskFeatures.shape)")
        self.predictions = predictions
        classes = targets.map(\.classes)
        try MatchingError.check(predictions.maskFeatures.value, "mask features", nil)
    }

    /// Adds a supervised output: `match` gives the pairs (query, segment) of an image, ascending by query. Throws
    /// `MatchingError` of `match`, with its place, and if the output is not finite.
    mutating func add(
        _ output: (index: Int, suffix: String), match: (_ image: Int) throws(MatchingError) -> [AssignedPair]
    ) throws(MatchingError) {
        let (index, suffix) = output
        let name = suffix.isEmpty ? "final" : "auxiliary \(index)"
        try MatchingError.check(predictions.classLogits[index].value, "pred_logits", name)
        try MatchingError.check(predictions.maskEmbeddings[index].value, "mask embeddings", name)
        let first = masks.count
        var imageRows: [Int] = []
        for image in classes.indices {
            let pairs: [AssignedPair]
            do { pairs = try match(image) } catch { throw error.placed(image: image, output: name) }
            masks += pairs.map { MatchedMask(output: index, image: image, query: $0.row, segment: $0.column) }
            imageRows.append(pairs.count)
        }
        outputs.append(
            Output(index: index, suffix: suffix, rows: first..<masks.count, imageRows: imageRows))
    }

    /// The weighted losses of all outputs, from the mask and the dice loss of every mask [R, 2].
    func losses(_ perMask: Variable, weights: LossWeights, noObjectWeight: Float) -> Losses {
        let count = Float(max(1, classes.reduce(0) { $0 + $1.count }))
        let classWeight = Variable(Tensor([weights.classification], shape: [1]))
        return Losses(
            outputs.flatMap { output -> [Losses.Term] in
                let classification = classificationLoss(
                    logits: predictions.classLogits[output.index], masks: Array(masks[output.rows]), classes: classes,
                    noObjectWeight: noObjectWeight)
                // Where images are kept apart, so are their losses; else they are one part.
                let parts = predictions.maskFeatures.images == nil ? [output.rows.count] : output.imageRows
                func sum(_ column: Int, _ weight: Float) -> Variable {
                    columnSum(perMask, rows: output.rows, parts: parts, column: column, factor: weight / count)
                }
                return [
                    .init(name: "loss_ce" + output.suffix, loss: multiply(classification, classWeight)),
                    .init(name: "loss_mask" + output.suffix, loss: sum(0, weights.mask)),
                    .init(name: "loss_dice" + output.suffix, loss: sum(1, weights.dice)),
                ]
            })
    }
}
