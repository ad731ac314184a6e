import Autodiff
import Layers
import Networks
import Tensors

/// PIDNet (Xu et al., CVPR 2023; pidnet.py): three branches, for context (I, to 1/64), detail (P) and boundaries (D,
/// both at 1/8), under their official names.
///
/// Passes that record gradients also make the logits of the two training heads. These see their maps after the ReLU
/// that follows: in the official code it works in place.
package final class PIDNet: Network {
    /// Sizes; the defaults are those of PIDNet-S.
    package struct Configuration: Sendable, Equatable {
        /// Basic blocks of the stem's layers and of the detail branch's (m).
        package var stemBlocks = 2
        /// Basic blocks of the context branch's layers (n).
        package var branchBlocks = 3
        /// Channels of the stem.
        package var planes = 32
        /// Channels of a scale of the pyramid pooling.
        package var poolingPlanes = 96
        /// Channels within the heads.
        package var headPlanes = 128
        /// Whether pyramid pooling and boundary fusion are the light ones (S, M), and the boundary branch is narrow.
        package var isLight = true
        /// Classes.
        package var classCount = 19
        /// How pixels become the input; sides are padded to multiples of 8, which the official code asks for.
        package var input = ImageNormalization()

        /// PIDNet-S on Cityscapes.
        package init() { input.divisibility = 8 }
    }

    /// All parameters and buffers.
    package let store: ParameterStore
    /// How pixels become the input.
    package let input: ImageNormalization
    /// Classes.
    package let classCount: Int
    private let branches: PIDNetBranches
    private let head: PIDNetHead
    private let detailHead: PIDNetHead
    private let boundaryHead: PIDNetHead

    /// A network with initial weights, a function of the seed.
    package init(_ configuration: Configuration, seed: UInt64) {
        store = ParameterStore(seed: seed)
        input = configuration.input
        classCount = configuration.classCount
        let (root, planes) = (store.root, configuration.planes)
        branches = PIDNetBranches(root, configuration)
        detailHead = PIDNetHead(
            root.child("seghead_p"), inputs: 2 * planes, width: configuration.headPlanes, outputs: classCount)
        boundaryHead = PIDNetHead(root.child("seghead_d"), inputs: 2 * planes, width: planes, outputs: 1)
        head = PIDNetHead(
            root.child("final_layer"), inputs: 4 * planes, width: configuration.headPlanes, outputs: classCount)
    }

    /// Normalised images [B, H, W, 3], H and W multiples of 8 -> class logits at 1/8; in passes that record gradients
    /// those of the detail branch before them, and of boundaries.
    package func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> any Prediction {
        precondition(
            images.shape.count == 4 && images.shape[1] % 8 == 0 && images.shape[2] % 8 == 0,
            "PIDNet: images \(images.shape), whose sides 8 does not divide")
        let maps = branches(context.batch(images), context)
        let logits = context.measured("final_layer") { head(maps.fused, context) }
        guard context.recordsGradients else { return PixelPredictions(logits: [logits], .inputAlignedCorners) }
        let detail = context.measured("seghead_p") { detailHead(maps.detail, context) }
        let boundary = context.measured("seghead_d") { boundaryHead(maps.boundary, context) }
        return PixelPredictions(logits: [detail, logits], .inputAlignedCorners, boundary: boundary)
    }
}
