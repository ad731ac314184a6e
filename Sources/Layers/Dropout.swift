import Autodiff

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
        guard probability > 0, let random = context.random else { return x }
        let keys = (0..<x.shape[0]).map { image -> UInt64 in
            var stream = random.stream(image: image, use: use)
            return stream.next()
        }
        return dropout(x, probability: probability, keys: keys)
    }
}
