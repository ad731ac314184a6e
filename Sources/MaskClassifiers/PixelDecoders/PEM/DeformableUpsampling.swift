import Autodiff
import Kernels
import Layers

/// A modulated deformable 3×3 convolution, norm and ReLU, then a transposed 4×4 stride-2 convolution, norm and ReLU
/// (pem_pixel_decoder.py DeformLayer).
struct DeformableUpsampling {
    private let offsetWeight: Parameter
    private let offsetBias: Parameter
    private let deformableWeight: Parameter
    private let deformableFinish: NormActivation
    private let upsamplingWeight: Parameter
    private let upsamplingFinish: NormActivation

    private static let offsetGeometry = ConvolutionGeometry(kernel: 3, stride: 1, padding: 1, dilation: 1)
    private static let upsamplingGeometry = ConvolutionGeometry(kernel: 4, stride: 2, padding: 1, dilation: 1)

    /// Names `dcn_offset`, `dcn`, `dcn_bn`, `up_sample`, `up_bn`; offsets and modulation start at zero.
    init(_ scope: ParameterScope, channels: Int, norm: NormKind) {
        let offset = scope.child("dcn_offset")
        offsetWeight = offset.parameter("weight", [27, channels, 3, 3], layout: .convolution, .constant(0))
        offsetBias = offset.parameter("bias", [27], .constant(0))
        deformableWeight = scope.child("dcn").parameter(
            "weight", [channels, channels, 3, 3], layout: .convolution, .msra)
        deformableFinish = NormActivation(norm: norm.make(scope.child("dcn_bn"), channels: channels), .relu)
        upsamplingWeight = scope.child("up_sample").parameter(
            "weight", [channels, channels, 4, 4], layout: .transposedConvolution, .bilinearUpsampling)
        upsamplingFinish = NormActivation(norm: norm.make(scope.child("up_bn"), channels: channels), .relu)
    }

    /// [B, H, W, C] -> the feature [B, H, W, C], and its upsampling [B, 2H, 2W, C].
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> (feature: Variable, upsampled: Variable) {
        let (pixels, values) = (x.value.rows, x.value.count)
        let offsets = context.measured("dcn_offset") {
            context.count(ForwardWork(products: pixels * offsetWeight.value.count))
            return convolution(
                x, weight: offsetWeight.variable(in: context), bias: offsetBias.variable(in: context),
                Self.offsetGeometry)
        }
        let feature = context.measured("dcn") {
            context.count(ForwardWork(products: pixels * deformableWeight.value.count, normalizedValues: values))
            return deformableFinish(context) { _, fusion in
                deformableConvolution(
                    x, offsetMask: offsets, weight: deformableWeight.variable(in: context), fusion: fusion)
            }
        }
        let upsampled = context.measured("up_sample") {
            context.count(ForwardWork(products: pixels * upsamplingWeight.value.count, normalizedValues: 4 * values))
            return upsamplingFinish(context) { _, fusion in
                transposedConvolution(
                    feature, weight: upsamplingWeight.variable(in: context), Self.upsamplingGeometry, fusion: fusion)
            }
        }
        return (feature, upsampled)
    }
}
