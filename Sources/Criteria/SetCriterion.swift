// The loss of mask classification (Mask2Former and PEM, criterion.py): match every output of the decoder with the
// targets, then classify all queries and compare the matched ones' masks at points.
import Annotations
import Autodiff
import Networks
import Tensors

/// The loss of a network that predicts a set of masks.
package struct SetCriterion: Criterion {
    /// What the loss weighs and where it looks.
    package struct Configuration: Sendable, Equatable {
        /// Weights of costs and losses.
        package var weights = LossWeights()
        /// MASK_FORMER.NO_OBJECT_WEIGHT.
        package var noObjectWeight: Float = 0.1
        /// How masks are sampled.
        package var sampling = PointSamplingConfiguration()
        /// MASK_FORMER.DEEP_SUPERVISION: whether auxiliary outputs are supervised too.
        package var supervisesAuxiliaryOutputs = true

        /// The values of every PEM configuration.
        package init() {}
    }

    package let configuration: Configuration
    private let matcher: HungarianMatcher

    package init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        matcher = HungarianMatcher(weights: configuration.weights)
    }

    /// True: masks are averaged over those of all images, classes over what their queries weigh.
    package var dependsOnWholeBatch: Bool { true }

    /// The losses of a prediction of masks.
    package func losses<Random: UniformSource>(
        _ prediction: any Prediction, targets: [ImageTargets], canvas: ImageSize, random: inout Random
    ) throws -> Losses {
        guard let masks = prediction.masks else {
            preconditionFailure("SetCriterion: \(type(of: prediction)) has no masks")
        }
        return try self(masks, targets: targets.map(\.segments), canvas: canvas, random: &random)
    }

    /// All losses of a batch.
    ///
    /// - Parameters:
    ///   - predictions: of B images.
    ///   - targets: the segments of each of them.
    ///   - canvas: the padded size of the batch; targets lie at its upper left.
    ///   - random: the numbers of this step and micro-batch.
    /// - Throws: `MatchingError` if a prediction or a cost is not finite.
    package func callAsFunction<Random: UniformSource>(
        _ predictions: MaskPredictions, targets: [MaskTargets], canvas: ImageSize, random: inout Random
    ) throws(MatchingError) -> Losses {
        // Two passes over the same draws: every output is matched before any mask is made, so that one product an image
        // makes them all.
        var replay = random
        var matched = try MatchedOutputs(predictions, targets)
        let outputs = supervisedOutputs(
            predictions.classLogits.count, auxiliary: configuration.supervisesAuxiliaryOutputs)
        for output in outputs {
            try match(predictions, output, targets, canvas, &random, into: &matched)
            let imageRows = matched.outputs.last?.imageRows ?? []
            for draw in candidateDraws { random.skip(rows: imageRows, draw) }
        }
        let planes = MaskPlanes(
            features: predictions.maskFeatures, embeddings: predictions.maskEmbeddings, masks: matched.masks)
        let points = joined(
            matched.outputs.map { output in
                for image in targets.indices { replay.skip(matchingDraw, image: image) }
                return choosePoints(planes, output.rows, output.imageRows, &replay)
            })
        let perMask = maskLosses(
            logits: planes.logits(points: points), targets: wantedValues(matched.masks, points, targets, canvas))
        return matched.losses(
            perMask, weights: configuration.weights, noObjectWeight: configuration.noObjectWeight)
    }

    /// Matches the queries of one output.
    private func match<Random: UniformSource>(
        _ predictions: MaskPredictions, _ output: (index: Int, suffix: String), _ targets: [MaskTargets],
        _ canvas: ImageSize, _ random: inout Random, into matched: inout MatchedOutputs
    ) throws(MatchingError) {
        let draws = targets.indices.map { random.uniform(matchingDraw, image: $0) }
        try matched.add(output) { image throws(MatchingError) in
            let (segments, points) = (targets[image], draws[image].item(0))
            guard !segments.classes.isEmpty else { return [] }
            let sums = PointSums(
                features: predictions.maskFeatures.value.item(image), points: points,
                embeddings: predictions.maskEmbeddings[output.index].value.item(image),
                targets: segmentsAtPoints(segments, canvas: canvas, points: points))
            return try matcher.match(
                classLogits: predictions.classLogits[output.index].value.item(image), classes: segments.classes,
                maskCosts: sums.maskCosts, diceCosts: sums.diceCosts)
        }
    }

    /// The draw for the matching of one image: points shared by all its masks.
    private var matchingDraw: [Int] { [1, configuration.sampling.pointCount, 2] }

    /// The draws for each mask of the losses: candidates, then points that are taken as they come.
    private var candidateDraws: [[Int]] {
        let sampling = configuration.sampling
        let others = sampling.pointCount - sampling.uncertainCount
        return [[sampling.candidateCount, 2]] + (others > 0 ? [[others, 2]] : [])
    }

    /// The points of each of an output's masks: [rows.count, P, 2].
    private func choosePoints<Random: UniformSource>(
        _ planes: MaskPlanes, _ rows: Range<Int>, _ imageRows: [Int], _ random: inout Random
    ) -> Tensor {
        let draws = candidateDraws.map { random.uniform(rows: imageRows, $0) }
        return mostUncertainPoints(
            logits: planes.values(rows: rows, points: draws[0]), candidates: draws[0],
            count: configuration.sampling.uncertainCount,
            followedBy: draws.count > 1 ? draws[1] : Tensor(zeros: [rows.count, 0, 2]))
    }

    /// What every mask should be at its points: [masks, P].
    private func wantedValues(
        _ masks: [MatchedMask], _ points: Tensor, _ targets: [MaskTargets], _ canvas: ImageSize
    ) -> Tensor {
        let wanted = Tensor(uninitialized: [masks.count, configuration.sampling.pointCount])
        for (image, target) in targets.enumerated() {
            let rows = masks.indices.filter { masks[$0].image == image }
            segmentsAtOwnPoints(
                target, canvas: canvas, segments: rows.map { masks[$0].segment }, rows: rows, points: points,
                into: wanted)
        }
        return wanted
    }

    /// Tensors one after another along their leading axis.
    private func joined(_ parts: [Tensor]) -> Tensor {
        let rest = parts.first.map { Array($0.shape.dropFirst()) } ?? []
        let result = Tensor(uninitialized: [parts.reduce(0) { $0 + $1.shape[0] }] + rest)
        var place = result.data
        for part in parts {
            place.update(from: part.data, count: part.count)
            place += part.count
        }
        return result
    }
}
