import Autodiff
import Layers
import Networks

/// What makes class logits of a backbone's maps (mmsegmentation's `decode_head`), with the neck before it where it has
/// one.
package protocol DecodeHead {
    /// The backbone's maps -> those that the head reads (mmsegmentation's `neck`).
    func neck(_ features: FeatureMaps, _ context: ForwardContext) -> FeatureMaps
    /// These -> class logits [B, h, w, K].
    func callAsFunction(_ features: FeatureMaps, _ context: ForwardContext) -> Variable
}

extension DecodeHead {
    /// The same maps.
    package func neck(_ features: FeatureMaps, _ context: ForwardContext) -> FeatureMaps { features }
}

/// The sizes of a head, from which it is made.
package protocol DecodeHeadConfiguration: Sendable {
    /// Classes.
    var classCount: Int { get set }
    /// The head with initial weights for the maps of a backbone. `root` is the network's own scope: parameters are
    /// `decode_head.*`, and those of a neck `neck.*`.
    func make(_ root: ParameterScope, features: [FeatureShape]) -> any DecodeHead
}
