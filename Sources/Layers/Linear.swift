import Autodiff
import Glibc
import Kernels

/// y = x · Wᵀ + b on the last axis: [..., I] -> [..., O] (torch.nn.Linear).
package struct Linear {
    private let weight: Parameter
    private let bias: Parameter

    /// Weight [O, I] and bias [O] in `scope`; unless given, the bias starts uniform in ±1/√I, as torch's.
    package init(
        _ scope: ParameterScope, inputs: Int, outputs: Int, weight initializer: Initializer = .torchDefault,
        bias biasInitializer: Initializer? = nil
    ) {
        weight = scope.parameter("weight", [outputs, inputs], initializer)
        bias = scope.parameter("bias", [outputs], biasInitializer ?? .uniform(bound: 1 / sqrt(Double(inputs))))
    }

    /// [..., I] -> [..., O].
    package func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        context.count(ForwardWork(products: x.value.rows * weight.value.count))
        let (weight, bias) = variables(context)
        return linear(x, weight: weight, bias: bias)
    }

    /// The layer as a step of a pass over the rows of x that records no graph, then ReLU where `relu` says so.
    package func step(_ x: Variable, relu: Bool = false, _ context: ForwardContext) -> RowStep {
        context.count(ForwardWork(products: x.value.rows * weight.value.count))
        let (weight, bias) = variables(context)
        return .linear(weight: weight.value, bias: bias.value, relu: relu)
    }

    /// Weight [O, I] and bias [O], for ops that fuse the layer with others.
    package func variables(_ context: ForwardContext) -> (weight: Variable, bias: Variable) {
        (weight.variable(in: context), bias.variable(in: context))
    }

    /// The initial values of the bias, for layers that start as copies of this one.
    var biasValues: [Float] { bias.officialValues }
}
