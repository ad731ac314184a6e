import Autodiff
import Tensors

/// Sets values to 0 at random in training and divides the others by the share that is left, so that means stay
/// (torch.nn.Dropout). The values that go are a function of the step, the image and the layer's name.
package struct Dropout {
    private let rate: Double
    private let name: String

    /// `rate` is the share of the values that go; 0: none. `scope` has no parameters, only a name.
    package init(_ scope: ParameterScope, rate: Double) {
        precondition(rate >= 0 && rate < 1, "dropout: rate \(rate)")
        self.rate = rate
        name = scope.name
    }

    /// [B, …] -> [B, …].
    package func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        factors(x.shape, context).map { multiply(x, Variable($0)) } ?? x
    }

    /// What values [B, …] are multiplied by: 0, or 1 / (1 − rate); nil where all stay.
    package func factors(_ shape: [Int], _ context: ForwardContext) -> Tensor? {
        guard rate > 0, let random = context.random else { return nil }
        let (factors, kept) = (Tensor(uninitialized: shape), Float(1 / (1 - rate)))
        let count = factors.count / shape[0]
        parallelFor(shape[0]) { image in
            var stream = random.stream(image: image, use: name)
            for index in image * count..<(image + 1) * count {
                factors.data[index] = stream.nextUniform() < rate ? 0 : kept
            }
        }
        return factors
    }
}
