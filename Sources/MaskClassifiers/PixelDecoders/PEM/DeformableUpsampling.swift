import Autodiff
import Kernels
import Layers

/// A modulated deformable 3×3 convolution, norm and ReLU, then a transposed 4×4 stride-2 convolution, norm and ReLU
/// (pem_pixel_decoder.py DeformLayer). As an ablation the first is a plain convolution.
struct DeformableUpsampling {
    /// Nil where the convolution is plain.
    private let offset: (weight: Parameter, bias: Parameter)?
    private let deformableWeight: Parameter
    private let deformableFinish: NormActivation
    private let upsamplingWeight: Parameter
    private let upsamplingFinish: NormActivation

    private static let windowGeometry = ConvolutionGeometry(kernel: 3, stride: 1, padding: 1, dilation: 1)
    private static let upsamplingGeometry = ConvolutionGeometry(kernel: 4, stride: 2, padding: 1, dilation: 1)

    /// Names `dcn_offset`, `dcn`, `dcn_bn`, `up_sample`, `up_bn`; offsets and modulation start at zero.
    init(_ scope: ParameterScope, channels: Int, norm: NormKind, isDeformable: Bool) {
        let offsets = scope.child("dcn_offset")
        offset =
            isDeformable
            ? (
                offsets.parameter("weight", [27, channels, 3, 3], layout: .convolution, .constant(0)),
                offsets.parameter("bias", [27], .constant(0))
            ) : nil
        deformableWeight = scope.child("dcn").parameter(
            "weight", [channels, channels, 3, 3], layout: .convolution, .msra)
        deformableFinish = NormActivation(norm: norm.make(scope.child("dcn_bn"), channels: channels), .relu)
        upsamplingWeight = scope.child("up_sample").parameter(
            "weight", [channels, channels, 4, 4], layout: .transposedConvolution, .bilinearUpsampling)
        upsamplingFinish = NormActivation(norm: norm.make(scope.child("up_bn"), channels: channels), .relu)
    }

    /// [B, H, W, C] -> the feature [B, H, W, C], and its upsampling plus `next` [B, 2H, 2W, C], which is modulated by
    /// its gate [B, 1, 1, C] where it has one.
    func callAsFunction(
        _ x: Variable, next: Variable, gate: Variable?, _ context: ForwardContext
    ) -> (feature: Variable, sum: Variable) {
        let (pixels, values) = (x.value.rows, x.value.count)
        let offsets = offset.map { offset in
            context.measured("dcn_offset") {
                context.count(ForwardWork(products: pixels * offset.weight.value.count))
                return convolution(
                    x, weight: offset.weight.variable(in: context), bias: offset.bias.variable(in: context),
                    Self.windowGeometry)
            }
        }
        let feature = context.measured("dcn") {
            context.count(ForwardWork(products: pixels * deformableWeight.value.count, normalizedValues: values))
            let weight = deformableWeight.variable(in: context)
            return deformableFinish(context) { _, fusion in
                guard let offsets else {
                    return convolution(x, weight: weight, bias: nil, Self.windowGeometry, fusion: fusion)
                }
                return deformableConvolution(x, offsetMask: offsets, weight: weight, fusion: fusion)
            }
        }
        let sum = context.measured("up_sample") {
            context.count(ForwardWork(products: pixels * upsamplingWeight.value.count, normalizedValues: 4 * values))
            return upsampled(feature, next: next, gate: gate, context)
        }
        return (feature, sum)
    }

    private func upsampled(
        _ feature: Variable, next: Variable, gate: Variable?, _ context: ForwardContext
    ) -> Variable {
        let weight = upsamplingWeight.variable(in: context)
        // Without a graph the next level is added where the convolution stores its result.
        if let gate, var epilogue = upsamplingFinish.epilogue(bias: nil, context) {
            (epilogue.residual, epilogue.gate) = (next.value, gate.value)
            return transposedConvolution(
                feature, weight: weight, Self.upsamplingGeometry, fusion: Fusion(epilogue))
        }
        let upsampled = upsamplingFinish(context) { _, fusion in
            transposedConvolution(feature, weight: weight, Self.upsamplingGeometry, fusion: fusion)
        }
        return gate.map { modulate(next, gate: $0, above: upsampled) } ?? add(next, upsampled)
    }
}
