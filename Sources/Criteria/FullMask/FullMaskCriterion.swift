// The loss of MaskFormer (Cheng et al., NeurIPS 2021; its criterion.py and matcher.py): as SetCriterion's, but masks
// are compared at every pixel, by focal loss and dice, so that nothing is drawn.
import Annotations
import Autodiff
import Networks
import Tensors

/// The loss of a network that predicts a set of masks, over all pixels.
package struct FullMaskCriterion: Criterion {
    /// How queries get their target segments.
    package enum Matching: Sendable, Equatable {
        /// By least cost.
        case hungarian
        /// Query i predicts class i (the paper's fixed matching): of one image no two segments have one class.
        case fixed
    }

    /// What the loss weighs.
    package struct Configuration: Sendable, Equatable {
        /// Weights of costs and losses.
        package var weights = LossWeights()
        /// MASK_FORMER.NO_OBJECT_WEIGHT.
        package var noObjectWeight: Float = 0.1
        /// MASK_FORMER.DEEP_SUPERVISION: whether auxiliary outputs are supervised too.
        package var supervisesAuxiliaryOutputs = true
        /// How queries get their target segments.
        package var matching = Matching.hungarian
        /// What a pixel of a mask weighs in the focal loss; one beside it weighs 1 − alpha. The exponent is 2.
        package var focalAlpha: Float = 0.25

        /// The values of every MaskFormer configuration.
        package init() { (weights.classification, weights.mask, weights.dice) = (1, 20, 1) }
    }

    package let configuration: Configuration

    package init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

    /// True: masks are averaged over those of all images, classes over what their queries weigh.
    package var dependsOnWholeBatch: Bool { true }

    /// The losses of a prediction of masks. Throws `MatchingError` if it or a cost is not finite.
    package func losses<Random: UniformSource>(
        _ prediction: any Prediction, targets: [ImageTargets], canvas: ImageSize, random: inout Random
    ) throws -> Losses {
        guard let masks = prediction.masks else {
            preconditionFailure("FullMaskCriterion: \(type(of: prediction)) has no masks")
        }
        return try self(masks, targets: targets.map(\.segments), canvas: canvas)
    }

    /// All losses of a batch.
    ///
    /// - Parameters:
    ///   - predictions: of B images.
    ///   - targets: the segments of each of them.
    ///   - canvas: the padded size of the batch; targets lie at its upper left.
    /// - Throws: `MatchingError` if a prediction or a cost is not finite.
    package func callAsFunction(
        _ predictions: MaskPredictions, targets: [MaskTargets], canvas: ImageSize
    ) throws(MatchingError) -> Losses {
        var matched = try MatchedOutputs(predictions, targets)
        let shape = predictions.maskFeatures.shape
        let nearest = targets.map {
            configuration.matching == .fixed
                ? [] : nearestSegments($0, canvas: canvas, height: shape[1], width: shape[2])
        }
        let outputs = supervisedOutputs(
            predictions.classLogits.count, auxiliary: configuration.supervisesAuxiliaryOutputs)
        for output in outputs {
            try matched.add(output) { image throws(MatchingError) in
                let (logits, classes) = (
                    predictions.classLogits[output.index].value.item(image), targets[image].classes
                )
                switch configuration.matching {
                case .fixed: return Self.fixedPairs(classes, queries: logits.rows)
                case .hungarian:
                    guard !classes.isEmpty else { return [] }
                    let costs = FocalCosts(
                        features: predictions.maskFeatures.value.item(image),
                        embeddings: predictions.maskEmbeddings[output.index].value.item(image),
                        segments: nearest[image], count: classes.count, alpha: configuration.focalAlpha)
                    return try HungarianMatcher(weights: configuration.weights).match(
                        classLogits: logits, classes: classes, maskCosts: costs.maskCosts, diceCosts: costs.diceCosts)
                }
            }
        }
        let perMask = fullMaskLosses(
            features: predictions.maskFeatures, embeddings: predictions.maskEmbeddings, masks: matched.masks,
            targets: targets, canvas: canvas, alpha: configuration.focalAlpha)
        return matched.losses(perMask, weights: configuration.weights, noObjectWeight: configuration.noObjectWeight)
    }

    /// The query of each segment is the one of its class: ascending by query.
    private static func fixedPairs(_ classes: [Int], queries: Int) -> [AssignedPair] {
        precondition(
            Set(classes).count == classes.count && classes.allSatisfy { $0 < queries },
            "fixed matching: segments of the classes \(classes) for \(queries) queries")
        return classes.indices.map { AssignedPair(row: classes[$0], column: $0) }.sorted { $0.row < $1.row }
    }
}
