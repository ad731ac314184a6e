// The loss of PIDNet (its criterion.py and utils.py, FullModel).
import Annotations
import Autodiff
import Glibc
import Networks
import Tensors

/// Classes of all pixels from the detail branch, of hard pixels from all branches, boundaries, and again hard pixels
/// where a boundary is seen.
package struct PIDNetCriterion: Criterion {
    /// What the losses weigh, and which pixels are hard.
    package struct Configuration: Sendable, Equatable {
        /// Weight of the detail branch's loss.
        package var detailWeight: Float = 0.4
        /// Weight of the boundaries' loss.
        package var boundaryWeight: Float = 20
        /// The probability from which on a boundary is seen.
        package var boundaryThreshold: Float = 0.8
        /// Which pixels are hard.
        package var hardPixels = HardPixels()
        /// [K]: what pixels of each class weigh; empty: alike.
        package var classWeights: [Float] = []
        /// The label of pixels that do not count.
        package var ignoreLabel = 255

        /// PIDNet's on Cityscapes, but for the weights of its classes.
        package init() {}
    }

    package let configuration: Configuration

    package init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

    /// True: hard pixels are chosen among those of all images, and boundaries are weighed by their share in them.
    package var dependsOnWholeBatch: Bool { true }
    /// True.
    package var needsBoundaries: Bool { true }

    /// `sem_p`, `sem_i`, `bd`, `sem_bd`. Where no pixel counts, or none is hard, a loss is 0 and so are its gradients
    /// (the official code stops with an index error, or goes on with NaN). What lies beyond an image is ignored and no
    /// boundary. Throws `InputError` for an image without a label map or boundaries, and for a label that is no class.
    package func losses<Random: UniformSource>(
        _ prediction: any Prediction, targets: [ImageTargets], canvas: ImageSize, random: inout Random
    ) throws -> Losses {
        guard let prediction = prediction as? PixelPredictions, prediction.logits.count == 2,
            let boundary = prediction.boundary
        else { preconditionFailure("PIDNetCriterion: \(type(of: prediction)) of another network") }
        let (detail, logits, enlargement) = (prediction.logits[0], prediction.logits[1], prediction.enlargement)
        let labels = try targets.enumerated().map { image, target in
            try PixelLabels(
                target, image: image, classes: logits.value.channels, ignored: configuration.ignoreLabel)
        }
        let weights = configuration.classWeights.isEmpty ? nil : configuration.classWeights
        func loss(_ logits: Variable, _ labels: [PixelLabels], _ weight: Float, _ divisor: PixelDivisor) -> Variable {
            pixelLoss(
                logits, labels: labels, canvas: canvas, enlargement: enlargement, weight: weight, divisor: divisor,
                classWeights: weights)
        }
        let edges = resizeAlignedCorners(boundary, height: canvas.height, width: canvas.width)
        let probabilities = classProbabilities(
            logits.value, labels: labels, canvas: canvas, enlargement: enlargement)
        let nearEdges = probabilities.enumerated().map { near(edges.value.item($0), $1) }
        let hardPixels = configuration.hardPixels
        return Losses([
            .init(name: "sem_p", loss: loss(detail, labels, configuration.detailWeight, .all)),
            .init(name: "sem_i", loss: loss(logits, hardPixels.chosen(of: labels, probabilities), 1, .counted)),
            .init(
                name: "bd",
                loss: boundaryLoss(
                    edges, targets: try Self.boundaries(targets, canvas), weight: configuration.boundaryWeight)),
            .init(name: "sem_bd", loss: loss(logits, hardPixels.chosen(of: labels, nearEdges), 1, .counted)),
        ])
    }

    /// `probabilities` [H, W], 2 where the boundary's logits [canvas, 1] see none.
    private func near(_ edges: Tensor, _ probabilities: Tensor) -> Tensor {
        let limit = logf(configuration.boundaryThreshold / (1 - configuration.boundaryThreshold))
        let (width, stride) = (probabilities.shape[1], edges.shape[1])
        let result = Tensor(uninitialized: probabilities.shape)
        parallelRows(probabilities.shape[0], grain: 32) { rows in
            for row in rows {
                for column in 0..<width {
                    let place = row * width + column
                    let isNear = edges.data[row * stride + column] > limit
                    result.data[place] = isNear ? probabilities.data[place] : 2
                }
            }
        }
        return result
    }

    /// The boundaries of the batch's images on its canvas: [B, H, W, 1].
    private static func boundaries(_ targets: [ImageTargets], _ canvas: ImageSize) throws -> Tensor {
        let result = Tensor(zeros: [targets.count, canvas.height, canvas.width, 1])
        for (image, target) in targets.enumerated() {
            guard let boundaries = target.boundaries else {
                throw InputError(
                    place: "image \(image) of the batch", what: "it has no map of boundaries",
                    advice: "train PIDNet with INPUT.DATASET_MAPPER_NAME mask_former_semantic")
            }
            let (height, width) = (target.segments.height, target.segments.width)
            for row in 0..<height {
                let line = result.data + (image * canvas.height + row) * canvas.width
                for column in 0..<width { line[column] = Float(boundaries[row * width + column]) }
            }
        }
        return result
    }
}
