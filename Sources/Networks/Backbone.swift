import Autodiff
import Layers

/// A network from an image to feature maps.
package protocol Backbone {
    /// Its maps, fine to coarse.
    var outputs: [FeatureShape] { get }
    /// Normalised images [B, H, W, 3] -> the maps of `outputs`, each [B, H / stride, W / stride, channels]; sides that
    /// the stride does not divide are rounded up.
    func callAsFunction(_ image: Variable, _ context: ForwardContext) -> FeatureMaps
}

/// The sizes of a backbone, from which it is made.
package protocol BackboneConfiguration: Sendable {
    /// The backbone with initial weights, its parameters in `scope` (official prefix `backbone.`).
    func make(_ scope: ParameterScope) -> any Backbone
}
