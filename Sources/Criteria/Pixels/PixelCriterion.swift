// The loss of MaskFormer's per-pixel baselines (per_pixel_baseline.py) and of mmsegmentation's decode heads.
import Annotations
import Autodiff
import Networks
import Tensors

/// Cross-entropy of every pixel's class, for a network that classifies pixels by themselves.
package struct PixelCriterion: Criterion {
    /// What the loss weighs.
    package struct Configuration: Sendable, Equatable {
        /// MODEL.SEM_SEG_HEAD.LOSS_WEIGHT.
        package var weight: Float = 1
        /// MODEL.SEM_SEG_HEAD.IGNORE_VALUE: the label of pixels that do not count.
        package var ignoreLabel = 255
        /// MASK_FORMER.DEEP_SUPERVISION: whether auxiliary outputs are supervised too.
        package var supervisesAuxiliaryOutputs = true
        /// The name of the final output's loss.
        package var lossName = "loss_sem_seg"
        /// What the sum over pixels is divided by.
        package var divisor = PixelDivisor.counted

        /// The values of MaskFormer's baselines on ADE20K.
        package init() {}
    }

    package let configuration: Configuration

    package init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

    /// Whether the batch's pixels that count are what the loss is divided by.
    package var dependsOnWholeBatch: Bool { configuration.divisor == .counted }

    /// The loss of the final output, then those of the auxiliary ones, whose names end with `_0`, …; 0 for a batch
    /// without a pixel that counts. Throws `InputError` for an image without a label map and for a label that is no
    /// class.
    package func losses<Random: UniformSource>(
        _ prediction: any Prediction, targets: [ImageTargets], canvas: ImageSize, random: inout Random
    ) throws -> Losses {
        guard let prediction = prediction as? PixelPredictions else {
            preconditionFailure("PixelCriterion: \(type(of: prediction)) has no logits of pixels")
        }
        let outputs = prediction.logits
        let classes = outputs[0].value.channels
        let labels = try targets.enumerated().map { image, target in
            try PixelLabels(target, image: image, classes: classes, ignored: configuration.ignoreLabel)
        }
        let supervised = supervisedOutputs(outputs.count, auxiliary: configuration.supervisesAuxiliaryOutputs)
        return Losses(
            supervised.map { index, suffix in
                .init(
                    name: configuration.lossName + suffix,
                    loss: pixelLoss(
                        outputs[index], labels: labels, canvas: canvas, enlargement: prediction.enlargement,
                        weight: configuration.weight, divisor: configuration.divisor))
            })
    }
}
