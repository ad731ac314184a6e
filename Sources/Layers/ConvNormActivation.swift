import Autodiff
import Glibc
import Kernels
import Tensors

/// Convolution, then norm, then (where wanted) a residual sum and an activation.
package struct ConvNormActivation {
    /// Sizes of the convolution.
    package struct Configuration: Sendable {
        /// Input channels.
        package var inputs: Int
        /// Output channels.
        package var outputs: Int
        /// Height and width of the kernel.
        package var kernel = 1
        /// Zeros around the input, in pixels on each side; nil: those that keep the size at stride 1.
        package var padding: Int?
        /// Distance of neighbouring taps of the kernel, in pixels.
        package var dilation = 1
        /// Step of the kernel.
        package var stride = 1
        /// One filter a channel instead of all to all.
        package var depthwise = false
        /// Whether the convolution has a bias.
        package var hasBias = false
        /// What comes last.
        package var activation = Activation.relu
        /// The norm.
        package var norm = NormKind.batch
        /// How the weight starts.
        package var initializer = Initializer.torchDefault
        /// How the bias starts; nil: as torch's where the weight starts so, else from 0.
        package var biasInitializer: Initializer?

        /// A 1×1 convolution with BatchNorm and ReLU, to be changed where it differs.
        package init(inputs: Int, outputs: Int) {
            self.inputs = inputs
            self.outputs = outputs
        }
    }

    private let weight: Parameter
    private let bias: Parameter?
    private let following: NormActivation
    private let hasStoredStatistics: Bool
    private let geometry: ConvolutionGeometry
    private let depthwise: Bool

    /// The weight (and bias) in the scope `convolution`, the norm's parameters in the scope `norm`.
    package init(convolution: ParameterScope, norm: ParameterScope, _ configuration: Configuration) {
        let (kernel, outputs) = (configuration.kernel, configuration.outputs)
        depthwise = configuration.depthwise
        let inputs = depthwise ? 1 : configuration.inputs
        weight = convolution.parameter(
            "weight", [outputs, inputs, kernel, kernel], layout: depthwise ? .depthwise : .convolution,
            configuration.initializer)
        var start = Initializer.constant(0)
        if case .torchDefault = configuration.initializer {
            start = .uniform(bound: 1 / sqrt(Double(inputs * kernel * kernel)))
        }
        bias =
            configuration.hasBias
            ? convolution.parameter("bias", [outputs], configuration.biasInitializer ?? start) : nil
        hasStoredStatistics = [.batch, .frozen].contains(configuration.norm)
        following = NormActivation(norm: configuration.norm.make(norm, channels: outputs), configuration.activation)
        geometry = ConvolutionGeometry(
            kernel: kernel, stride: configuration.stride,
            padding: configuration.padding ?? kernel / 2 * configuration.dilation, dilation: configuration.dilation)
    }

    /// [B, H, W, I] -> [B, H/stride, W/stride, O]; `residual` has the output's shape, and is added before the
    /// activation, in whose place another may come.
    package func callAsFunction(
        _ x: Variable, _ context: ForwardContext, residual: Variable? = nil, activation: Activation? = nil
    ) -> Variable {
        self(JoinedMaps.Slice(map: x), into: nil, context, residual: residual, activation: activation)
    }

    /// From some channels of a map into channels of a wider one: see `JoinedMaps`.
    package func callAsFunction(
        _ x: JoinedMaps.Slice, into: ChannelSlice?, _ context: ForwardContext, residual: Variable? = nil,
        activation: Activation? = nil
    ) -> Variable {
        count(x.map, context)
        let weight = weight.variable(in: context)
        var following = following
        if let activation { following.activation = activation }
        return following(
            context, bias: bias?.variable(in: context), residual: residual, channels: x.channels, into: into
        ) { bias, fusion in
            depthwise
                ? depthwiseConvolution(x.map, weight: weight, bias: bias, geometry, fusion: fusion)
                : convolution(x.map, weight: weight, bias: bias, geometry, fusion: fusion)
        }
    }

    /// The block, which mixes channels, and the mean of its result over the pixels of each image: [B, H′, W′, O] and
    /// [B, 1, 1, O].
    package func averaged(_ x: Variable, _ context: ForwardContext) -> (map: Variable, average: Variable) {
        precondition(!depthwise, "means of a depthwise convolution")
        guard var epilogue = following.epilogue(bias: bias?.variable(in: context), context) else {
            let map = self(x, context)
            return (map, globalAverage(map))
        }
        count(x, context)
        let weight = weight.variable(in: context)
        let means = Tensor(uninitialized: [x.shape[0], 1, 1, weight.shape[0]])
        epilogue.means = means
        let map = convolution(x, weight: weight, bias: nil, geometry, fusion: Fusion(epilogue))
        return (map, Variable(means))
    }

    /// The block, then the largest value of each window, pixels outside left out: [B, H″, W″, O].
    package func maxPooled(
        _ x: Variable, kernel: Int, stride: Int, padding: Int, _ context: ForwardContext
    ) -> Variable {
        // A convolution of stride 1 may be faster rearranged, which needs the whole map.
        guard !depthwise, geometry.stride > 1,
            let epilogue = following.epilogue(bias: bias?.variable(in: context), context), epilogue.relu
        else { return maxPool(self(x, context), kernel: kernel, stride: stride, padding: padding) }
        count(x, context)
        return Variable(
            convolveMaxPooled(
                x.value, weight: weight.variable(in: context).value, geometry, epilogue: epilogue,
                pool: PoolGeometry(kernel: kernel, stride: stride, padding: padding)))
    }

    private func count(_ x: Variable, _ context: ForwardContext) {
        let size = geometry.outputSize(height: x.shape[1], width: x.shape[2])
        let (pixels, outputs) = (x.shape[0] * size.height * size.width, weight.officialShape[0])
        context.count(
            ForwardWork(
                products: pixels * weight.value.count, normalizedValues: hasStoredStatistics ? pixels * outputs : 0))
    }

    /// The block, which is depthwise and ends with its norm, a few pixels at a time; nil where a graph is recorded or
    /// the norm uses the batch's statistics.
    func depthwiseRows(_ x: Variable, _ context: ForwardContext) -> DepthwiseRows? {
        precondition(depthwise, "rows of a convolution that mixes channels")
        guard let epilogue = following.epilogue(bias: bias?.variable(in: context), context) else { return nil }
        count(x, context)
        return DepthwiseRows(x.value, weight: weight.variable(in: context).value, geometry, epilogue: epilogue)
    }

    /// Freezes the convolution: no gradients (a norm is frozen by its kind).
    package func freeze() {
        weight.isTrainable = false
        bias?.isTrainable = false
    }
}
