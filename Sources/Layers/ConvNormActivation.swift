import Autodiff
import Kernels
import Tensors

/// Convolution without bias, then norm, then (where wanted) a residual sum and ReLU.
///
/// In evaluation the four run as one fused kernel: norm, residual and ReLU are applied while a tile is in the cache.
package struct ConvNormActivation {
    /// Sizes of the convolution.
    package struct Configuration: Sendable {
        /// Input channels.
        package var inputs: Int
        /// Output channels.
        package var outputs: Int
        /// Height and width of the kernel.
        package var kernel = 1
        /// Step of the kernel.
        package var stride = 1
        /// Distance of the kernel's taps; the padding keeps the size at stride 1.
        package var dilation = 1
        /// One filter a channel instead of all to all.
        package var depthwise = false
        /// Whether a ReLU follows.
        package var relu = true
        /// The norm.
        package var norm = NormKind.batch
        /// How the weight starts.
        package var initializer = Initializer.torchDefault

        /// A 1×1 convolution with BatchNorm and ReLU, to be changed where it differs.
        package init(inputs: Int, outputs: Int) {
            self.inputs = inputs
            self.outputs = outputs
        }
    }

    private let weight: Parameter
    private let norm: BatchNorm
    private let geometry: ConvolutionGeometry
    private let depthwise: Bool
    private let relu: Bool

    /// The weight in the scope `convolution`, the norm's parameters in the scope `norm`.
    package init(convolution: ParameterScope, norm: ParameterScope, _ configuration: Configuration) {
        let kernel = configuration.kernel
        depthwise = configuration.depthwise
        relu = configuration.relu
        weight = convolution.parameter(
            "weight", [configuration.outputs, depthwise ? 1 : configuration.inputs, kernel, kernel],
            layout: depthwise ? .depthwise : .convolution, configuration.initializer)
        self.norm = BatchNorm(norm, channels: configuration.outputs, kind: configuration.norm)
        geometry = ConvolutionGeometry(
            kernel: kernel, stride: configuration.stride, padding: configuration.dilation * (kernel / 2),
            dilation: configuration.dilation)
    }

    /// [B, H, W, I] -> [B, H/stride, W/stride, O]; `residual` has the output's shape and is added before the ReLU.
    package func callAsFunction(
        _ x: Variable, _ context: ForwardContext, residual: Variable? = nil
    ) -> Variable {
        guard context.recordsGradients else { return Variable(fused(x.value, residual: residual?.value)) }
        let weight = weight.variable(in: context)
        let y =
            depthwise
            ? depthwiseConvolution(x, weight: weight, bias: nil, geometry)
            : convolution(x, weight: weight, bias: nil, geometry)
        guard let residual else { return norm(y, relu: relu, context) }
        let sum = add(norm(y, relu: false, context), residual)
        return self.relu ? Autodiff.relu(sum) : sum
    }

    /// Without a graph, from some channels of x (default: all) into channels of a wider map: so nothing is copied
    /// to concatenate.
    package func callAsFunction(
        _ x: Tensor, channels: Range<Int>? = nil, into: (output: Tensor, channelOffset: Int)
    ) {
        fused(x, channels: channels, residual: nil, into: into)
    }

    @discardableResult
    private func fused(
        _ x: Tensor, channels: Range<Int>? = nil, residual: Tensor?,
        into: (output: Tensor, channelOffset: Int)? = nil
    ) -> Tensor {
        let (scale, shift) = norm.folded
        let epilogue = Epilogue(scale: scale, shift: shift, residual: residual, relu: relu)
        guard depthwise else {
            return convolve(
                x, channels: channels, weight: weight.value, geometry, epilogue: epilogue, into: into)
        }
        precondition(channels == nil, "a depthwise convolution reads all channels")
        return convolveDepthwise(x, weight: weight.value, geometry, epilogue: epilogue, into: into)
    }

    /// Freezes the layer: no gradients (the norm is frozen by its kind).
    package func freeze() { weight.isTrainable = false }

    /// Multiply-adds for an output of `pixels` pixels, the norm's included.
    package func multiplyAdds(pixels: Int) -> Int { pixels * weight.value.count + norm.multiplyAdds(rows: pixels) }
}
