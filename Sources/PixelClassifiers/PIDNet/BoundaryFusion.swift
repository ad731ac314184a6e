import Autodiff
import Layers

/// How boundaries decide between detail and context: the three branches become one map (Bag and Light_Bag).
enum BoundaryFusion {
    /// A 3×3 convolution of σ(d) · p + (1 − σ(d)) · i, with BatchNorm and ReLU before it.
    case full(PreActivatedConvolution)
    /// 1×1 convolutions with BatchNorm of p + (1 − σ(d)) · i and of i + σ(d) · p, added.
    case light(p: ConvNormActivation, i: ConvNormActivation)

    /// Names `conv_p` and `conv_i`, or `conv`.
    init(_ scope: ParameterScope, channels: Int, isLight: Bool) {
        func light(_ name: String) -> ConvNormActivation {
            let scope = scope.child(name)
            return .kaiming(scope.child(0), scope.child(1), inputs: channels, outputs: channels)
        }
        let full = scope.child("conv")
        self =
            isLight
            ? .light(p: light("conv_p"), i: light("conv_i"))
            : .full(
                PreActivatedConvolution(
                    norm: full.child(0), convolution: full.child(2), inputs: channels, outputs: channels, kernel: 3))
    }

    /// The maps of the proportional, the integral and the derivative branch, all [B, H, W, C] -> [B, H, W, C].
    func callAsFunction(p: Variable, i: Variable, d: Variable, _ context: ForwardContext) -> Variable {
        switch self {
        case .full(let convolution):
            return convolution(gatedSum(gatedSum(nil, p, gate: d), i, gate: d, complements: true), context)
        case .light(let convolutionP, let convolutionI):
            let detail = convolutionP(gatedSum(p, i, gate: d, complements: true), context)
            return convolutionI(gatedSum(i, p, gate: d), context, residual: detail)
        }
    }
}
