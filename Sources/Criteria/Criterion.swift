import Annotations
import Networks

/// What a network learns from: predictions and targets to losses.
package protocol Criterion: Sendable {
    /// Whether a loss is no sum over images: parts of a batch by themselves give others than the whole.
    var dependsOnWholeBatch: Bool { get }
    /// Whether targets need maps of boundaries.
    var needsBoundaries: Bool { get }
    /// The weighted losses of a batch.
    ///
    /// - Parameters:
    ///   - prediction: what the network predicts for B images.
    ///   - targets: what it shall find in each of them.
    ///   - canvas: the padded size of the batch; targets lie at its upper left.
    ///   - random: the numbers of this step.
    /// - Throws: an error that names the first value that is not finite.
    func losses<Random: UniformSource>(
        _ prediction: any Prediction, targets: [ImageTargets], canvas: ImageSize, random: inout Random
    ) throws -> Losses
}

extension Criterion {
    /// False.
    package var dependsOnWholeBatch: Bool { false }
    /// False.
    package var needsBoundaries: Bool { false }
}
