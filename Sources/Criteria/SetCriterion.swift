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
        precondition(
            targets.count == predictions.maskFeatures.shape[0],
            "criterion: targets of \(targets.count) images for a batch of \(predictions.maskFeatures.shape)")
        try checkFinite(predictions.maskFeatures.value, "mask features", nil)
        // Two passes over the same draws: every output is matched before any mask is made, so that one product an image
        // makes them all.
        var replay = random
        var masks: [MatchedMask] = []
        var outputs: [(index: Int, rows: Range<Int>)] = []
        for output in order(predictions) {
            let matched = try match(predictions, output, targets, canvas, &random)
            outputs.append((output, masks.count..<masks.count + matched.count))
            masks += matched
            for draw in candidateDraws { random.skip(rows: imageRows(matched, targets.count), draw) }
        }
        let planes = MaskPlanes(
            features: predictions.maskFeatures, embeddings: predictions.maskEmbeddings, masks: masks)
        let points = joined(
            outputs.map { _, rows in
                for image in targets.indices { replay.skip(matchingDraw, image: image) }
                return choosePoints(planes, rows, imageRows(masks[rows], targets.count), &replay)
            })
        let perMask = maskLosses(
            logits: planes.logits(points: points), targets: wantedValues(masks, points, targets, canvas))
        let count = max(1, targets.reduce(0) { $0 + $1.classes.count })
        return Losses(
            outputs.flatMap { output, rows in
                let classification = classificationLoss(
                    logits: predictions.classLogits[output], masks: Array(masks[rows]),
                    classes: targets.map(\.classes), noObjectWeight: configuration.noObjectWeight)
                let suffix = output == predictions.classLogits.count - 1 ? "" : "_\(output)"
                // Where images are kept apart, so are their losses; else they are one part.
                let parts =
                    predictions.maskFeatures.images == nil ? [rows.count] : imageRows(masks[rows], targets.count)
                return terms(classification, perMask, rows, parts, maskCount: Float(count), suffix: suffix)
            })
    }

    /// The weighted losses of one output.
    private func terms(
        _ classification: Variable, _ perMask: Variable, _ rows: Range<Int>, _ parts: [Int], maskCount: Float,
        suffix: String
    ) -> [Losses.Term] {
        let weights = configuration.weights
        let classWeight = Variable(Tensor([weights.classification], shape: [1]))
        func sum(_ column: Int, _ weight: Float) -> Variable {
            columnSum(perMask, rows: rows, parts: parts, column: column, factor: weight / maskCount)
        }
        return [
            .init(name: "loss_ce" + suffix, loss: multiply(classification, classWeight)),
            .init(name: "loss_mask" + suffix, loss: sum(0, weights.mask)),
            .init(name: "loss_dice" + suffix, loss: sum(1, weights.dice)),
        ]
    }

    /// The final output, then auxiliary 0, 1, ….
    private func order(_ predictions: MaskPredictions) -> [Int] {
        let last = predictions.classLogits.count - 1
        return [last] + (configuration.supervisesAuxiliaryOutputs ? Array(0..<last) : [])
    }

    /// The matched queries of one output, by image, then by query.
    private func match<Random: UniformSource>(
        _ predictions: MaskPredictions, _ output: Int, _ targets: [MaskTargets], _ canvas: ImageSize,
        _ random: inout Random
    ) throws(MatchingError) -> [MatchedMask] {
        let name = output == predictions.classLogits.count - 1 ? "final" : "auxiliary \(output)"
        let logits = predictions.classLogits[output].value
        let embeddings = predictions.maskEmbeddings[output].value
        try checkFinite(logits, "pred_logits", name)
        try checkFinite(embeddings, "mask embeddings", name)
        // Drawn image by image; sampled together.
        let points = joined(targets.indices.map { random.uniform(matchingDraw, image: $0) })
        let features = gridSample(predictions.maskFeatures.value, points: points)  // [B, P, C]
        var matched: [MatchedMask] = []
        for (image, target) in targets.enumerated() {
            let pairs: [AssignedPair]
            do {
                pairs = try matcher.match(
                    classLogits: logits.item(image), maskEmbeddings: embeddings.item(image),
                    pointFeatures: features.item(image), points: points.item(image), targets: target, canvas: canvas)
            } catch { throw error.placed(image: image, output: name) }
            matched += pairs.map { MatchedMask(output: output, image: image, query: $0.row, segment: $0.column) }
        }
        return matched
    }

    /// The draw for the matching of one image: points shared by all its masks.
    private var matchingDraw: [Int] { [1, configuration.sampling.pointCount, 2] }

    /// The draws for each mask of the losses: candidates, then points that are taken as they come.
    private var candidateDraws: [[Int]] {
        let sampling = configuration.sampling
        let others = sampling.pointCount - sampling.uncertainCount
        return [[sampling.candidateCount, 2]] + (others > 0 ? [[others, 2]] : [])
    }

    /// How many of an output's masks are of each image; masks are ordered by image.
    private func imageRows(_ masks: some Sequence<MatchedMask>, _ images: Int) -> [Int] {
        masks.reduce(into: Array(repeating: 0, count: images)) { $0[$1.image] += 1 }
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

    private func checkFinite(_ tensor: Tensor, _ name: String, _ output: String?) throws(MatchingError) {
        guard !tensor.isFinite, let index = tensor.array.firstIndex(where: { !$0.isFinite }) else { return }
        var (rest, position) = (index, [Int]())
        for size in tensor.shape.reversed() {
            position.insert(rest % size, at: 0)
            rest /= size
        }
        throw MatchingError(tensor: name, output: output, value: Double(tensor.array[index]), position: position)
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
