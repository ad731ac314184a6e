import Autodiff
import Layers

/// Patches of 4 × 4 pixels as tokens (swin.py PatchEmbed), with absolute positions where they are learned. Images whose
/// sides 4 does not divide are padded with zeros on the right and below.
struct PatchEmbedding {
    private let layers: RowLayers
    private let positions: Parameter?
    private let side = 4

    /// Names `patch_embed.proj`, `patch_embed.norm` and `absolute_pos_embed`.
    init(_ scope: ParameterScope, _ configuration: SwinTransformer.Configuration) {
        let channels = configuration.embeddingChannels
        let patches = scope.child("patch_embed")
        let projection = patches.child("proj")
        let inputs = 3 * side * side
        let weight = projection.parameter("weight", [channels, 3, side, side], layout: .convolution, .torchDefault)
        let bias = projection.parameter("bias", [channels], .uniform(bound: 1 / Double(inputs).squareRoot()))
        let map = RowLayers.Step.linear(weight, bias: bias)
        layers = RowLayers(
            configuration.normalizesPatches
                ? [map, .norm(LayerNorm(patches.child("norm"), channels: channels))] : [map])
        guard let imageSize = configuration.positionImageSize else {
            positions = nil
            return
        }
        let cells = imageSize / side
        positions = scope.parameter(
            "absolute_pos_embed", [1, channels, cells, cells], layout: .convolution, .normal(deviation: 0.02))
    }

    /// [B, H, W, 3] -> [B, ⌈H / 4⌉, ⌈W / 4⌉, C].
    func callAsFunction(_ image: Variable, _ context: ForwardContext) -> Variable {
        let x = layers(patches(image, side: side), context)
        guard let positions = positions?.variable(in: context) else { return x }
        let resized = resizeBicubic(positions, height: x.shape[1], width: x.shape[2])
        return add(x, reshape(resized, Array(resized.shape.dropFirst())))
    }
}
