import Autodiff
import Layers

/// What the proportional branch takes of the integral branch, pixel by pixel (PagFM).
struct PixelAttentionFusion {
    private let keyX: ConvNormActivation
    private let keyY: ConvNormActivation

    /// Names `f_x` and `f_y`, each with `0` and `1`.
    init(_ scope: ParameterScope, channels: Int, keyChannels: Int) {
        func key(_ name: String) -> ConvNormActivation {
            let scope = scope.child(name)
            return .kaiming(scope.child(0), scope.child(1), inputs: channels, outputs: keyChannels)
        }
        (keyX, keyY) = (key("f_x"), key("f_y"))
    }

    /// x [B, H, W, C] and y [B, h, w, C], which is enlarged -> [B, H, W, C], with the ReLU that follows where `relu`
    /// says so.
    func callAsFunction(_ x: Variable, _ y: Variable, relu: Bool, _ context: ForwardContext) -> Variable {
        let (height, width) = (x.shape[1], x.shape[2])
        return pixelAttention(
            x, resizeBilinear(y, height: height, width: width), keyX: keyX(x, context),
            keyY: resizeBilinear(keyY(y, context), height: height, width: width), relu: relu)
    }
}
