import Annotations
import Networks

/// What a network learns from: predictions and targets to losses.
package protocol Criterion: Sendable {
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
