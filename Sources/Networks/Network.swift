import Layers
import Tensors

/// A segmentation network: named parameters, what its input looks like, and predictions for a batch of images.
package protocol Network: AnyObject {
    /// All parameters and buffers, under their official names.
    var store: ParameterStore { get }
    /// How pixels become the input: normalisation, padding, order of the channels.
    var input: ImageNormalization { get }
    /// Classes, without "no object".
    var classCount: Int { get }
    /// Normalised and padded images [B, H, W, 3] -> what is predicted for them.
    func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> any Prediction
}
