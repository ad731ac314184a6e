import Autodiff
import Kernels
import Layers

/// A modulated deformable 3×3 convolution, norm and ReLU, then a transposed 4×4 stride-2 convolution, norm and ReLU
/// (pem_pixel_decoder.py DeformLayer).
struct DeformableUpsampling {
    private let offsetWeight: Parameter
    private let offsetBias: Parameter
    private let deformableWeight: Parameter
    private let deformableNorm: BatchNorm
    private let upsamplingWeight: Parameter
    private let upsamplingNorm: BatchNorm

    private static let offsetGeometry = ConvolutionGeometry(kernel: 3, stride: 1, padding: 1, dilation: 1)
    private static let upsamplingGeometry = ConvolutionGeometry(kernel: 4, stride: 2, padding: 1, dilation: 1)

    /// Names `dcn_offset`, `dcn`, `dcn_bn`, `up_sample`, `up_bn`; offsets and modulation start at zero.
    init(_ scope: ParameterScope, channels: Int, norm: NormKind) {
        let offset = scope.child("dcn_offset")
        offsetWeight = offset.parameter("weight", [27, channels, 3, 3], layout: .convolution, .constant(0))
        offsetBias = offset.parameter("bias", [27], .constant(0))
        deformableWeight = scope.child("dcn").parameter(
            "weight", [channels, channels, 3, 3], layout: .convolution, .msra)
        deformableNorm = BatchNorm(scope.child("dcn_bn"), channels: channels, kind: norm)
        upsamplingWeight = scope.child("up_sample").parameter(
            "weight", [channels, channels, 4, 4], layout: .transposedConvolution, .bilinearUpsampling)
        upsamplingNorm = BatchNorm(scope.child("up_bn"), channels: channels, kind: norm)
    }

    /// [B, H, W, C] -> the feature [B, H, W, C], and its upsampling [B, 2H, 2W, C].
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> (feature: Variable, upsampled: Variable) {
        let offsets = context.measured("dcn_offset") {
            convolution(
                x, weight: offsetWeight.variable(in: context), bias: offsetBias.variable(in: context),
                Self.offsetGeometry)
        }
        let feature = context.measured("dcn") { deformed(x, offsets, context) }
        return (feature, context.measured("up_sample") { upsampled(feature, context) })
    }

    private func deformed(_ x: Variable, _ offsets: Variable, _ context: ForwardContext) -> Variable {
        guard context.recordsGradients else {
            let (scale, shift) = deformableNorm.folded
            return Variable(deformableConvolve(
                x.value, offsetMask: offsets.value, weight: deformableWeight.value, scale: scale, shift: shift,
                relu: true))
        }
        let y = deformableConvolution(x, offsetMask: offsets, weight: deformableWeight.variable(in: context))
        return deformableNorm(y, relu: true, context)
    }

    private func upsampled(_ feature: Variable, _ context: ForwardContext) -> Variable {
        guard context.recordsGradients else {
            let (scale, shift) = upsamplingNorm.folded
            return Variable(convolveTransposed(
                feature.value, weight: upsamplingWeight.value, Self.upsamplingGeometry,
                epilogue: Epilogue(scale: scale, shift: shift, residual: nil, relu: true)))
        }
        let y = transposedConvolution(
            feature, weight: upsamplingWeight.variable(in: context), Self.upsamplingGeometry)
        return upsamplingNorm(y, relu: true, context)
    }

    /// Its three steps, each with the norm that follows it, for an input of `pixels` pixels.
    func modules(pixels: Int) -> [ModuleWork] {
        [
            ModuleWork("dcn_offset", multiplyAdds: pixels * offsetWeight.value.count),
            ModuleWork(
                "dcn", scopes: ["dcn", "dcn_bn"],
                multiplyAdds: pixels * deformableWeight.value.count + deformableNorm.multiplyAdds(rows: pixels)),
            ModuleWork(
                "up_sample", scopes: ["up_sample", "up_bn"],
                multiplyAdds: pixels * upsamplingWeight.value.count + upsamplingNorm.multiplyAdds(rows: 4 * pixels)),
        ]
    }
}
