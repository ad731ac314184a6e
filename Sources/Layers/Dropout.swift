import Autodiff
import Tensors

/// Sets values to 0 at random in training and divides the others by the share that is left, so that means stay
/// (torch.nn.Dropout). The values that go are a function of the step, the image and the layer's name.
package struct Dropout {
    private let rate: Double
    private let use: String

    /// `rate` is the share of the values that go; 0: none. `scope` has no parameters, only a name.
    package init(_ scope: ParameterScope, rate: Double) {
        precondition(rate >= 0 && rate < 1, "dropout: rate \(rate)")
        self.rate = rate
        use = scope.name
    }

    /// [B, …] -> [B, …]: x itself where the pass draws nothing.
    package func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        keys(images: x.shape[0], context).map { dropout(x, rate: rate, keys: $0) } ?? x
    }

    /// What values [B, …] are multiplied by: 0, or 1 / (1 − rate); nil where all stay.
    package func factors(_ shape: [Int], _ context: ForwardContext) -> Tensor? {
        keys(images: shape[0], context).map {
            dropout(Variable(Tensor(repeating: 1, shape: shape)), rate: rate, keys: $0).value
        }
    }

    private func keys(images: Int, _ context: ForwardContext) -> [UInt64]? {
        guard rate > 0, let random = context.random else { return nil }
        return (0..<images).map { image in
            var stream = random.stream(image: image, use: use)
            return stream.next()
        }
    }
}
