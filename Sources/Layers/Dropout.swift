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
        mask(images: x.shape[0], context).map { dropout(x, $0) } ?? x
    }

    /// What the layer zeroes, for ops that do so in passing; nil where the pass draws nothing.
    package func mask(images: Int, _ context: ForwardContext) -> DropoutMask? {
        guard probability > 0, let random = context.random else { return nil }
        return DropoutMask(
            probability: probability,
            keys: (0..<images).map { image in
                var stream = random.stream(image: image, use: use)
                return stream.next()
            })
    }
}
