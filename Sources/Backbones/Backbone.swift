import Autodiff
import Layers

/// A network from an image to feature maps at strides 4, 8, 16 and 32.
package protocol Backbone {
    /// Channels of res2 … res5.
    var channels: [Int] { get }
    /// Normalised image [B, H, W, 3], H and W multiples of 32 -> four maps.
    func callAsFunction(_ image: Variable, _ context: ForwardContext) -> FeatureMaps
    /// Its modules in order, with their work for one image of `height` × `width`.
    func modules(height: Int, width: Int) -> [ModuleWork]
}
