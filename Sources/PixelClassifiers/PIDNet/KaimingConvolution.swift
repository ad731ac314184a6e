import Layers

extension ConvNormActivation {
    /// A convolution as all of PIDNet's: without bias, its weight from Kaiming's normal distribution over the outputs;
    /// then, with a scope for it, BatchNorm, and an activation.
    static func kaiming(
        _ convolution: ParameterScope, _ norm: ParameterScope? = nil, inputs: Int, outputs: Int, kernel: Int = 1,
        stride: Int = 1, _ activation: Activation = .none
    ) -> ConvNormActivation {
        var sizes = Configuration(inputs: inputs, outputs: outputs)
        (sizes.kernel, sizes.stride, sizes.activation, sizes.initializer) = (kernel, stride, activation, .msra)
        sizes.norm = norm == nil ? .none : .batch
        return ConvNormActivation(convolution: convolution, norm: norm ?? convolution, sizes)
    }
}
