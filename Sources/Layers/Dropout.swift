import Autodiff
import Tensors

/// Zeroes values at random in training (torch.nn.Dropout).
package struct Dropout {
    private let probability: Double
    private let use: String

    /// The layer at a place of the network, which names its random numbers; it has no parameters.
    package init(_ scope: ParameterScope, probability: Double) {
        self.probability = probability
        use = scope.path
    }

    /// [B, …] -> [B, …]: x itself where the pass draws nothing.
    package func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        keys(x.shape[0], context).map { dropout(x, probability: probability, keys: $0) } ?? x
    }

    /// What values [B, …] are multiplied by, for ops that do so in passing; nil where the pass draws nothing.
    package func factors(_ shape: [Int], _ context: ForwardContext) -> Tensor? {
        keys(shape[0], context).map {
            dropout(Variable(Tensor(repeating: 1, shape: shape)), probability: probability, keys: $0).value
        }
    }

    private func keys(_ images: Int, _ context: ForwardContext) -> [UInt64]? {
        guard probability > 0, let random = context.random else { return nil }
        return (0..<images).map { image in
            var stream = random.stream(image: image, use: use)
            return stream.next()
        }
    }
}
