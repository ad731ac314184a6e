import Autodiff
import Layers

/// Joins the channels of 2 × 2 tokens and halves them (swin.py PatchMerging); odd sides are padded with zeros.
struct PatchMerging {
    private let layers: RowLayers

    /// Names `norm`, `reduction`.
    init(_ scope: ParameterScope, channels: Int) {
        layers = RowLayers([
            .norm(LayerNorm(scope.child("norm"), channels: 4 * channels)),
            .linear(scope.child("reduction"), inputs: 4 * channels, outputs: 2 * channels, hasBias: false),
        ])
    }

    /// [B, H, W, C] -> [B, ⌈H / 2⌉, ⌈W / 2⌉, 2C].
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        layers(patches(x, side: 2, columnsFirst: true), context)
    }
}
