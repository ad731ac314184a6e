import Autodiff
import Layers
import Networks

/// What makes class logits of a backbone's maps, with the neck before it where it has one (mmsegmentation's
/// `decode_head`).
package protocol DecodeHead {
    /// The backbone's maps -> class logits [B, h, w, K].
    func callAsFunction(_ features: FeatureMaps, _ context: ForwardContext) -> Variable
}

/// The sizes of a head, from which it is made.
package protocol DecodeHeadConfiguration: Sendable {
    /// Classes.
    var classCount: Int { get set }
    /// The head with initial weights for the maps of a backbone. `root` is the network's own scope: parameters are
    /// `decode_head.*`, and those of a neck `neck.*`.
    func make(_ root: ParameterScope, features: [FeatureShape]) -> any DecodeHead
}
