import Autodiff
import Tensors

/// Zeroes whole channels of an image's map at random in training (torch.nn.Dropout2d).
package struct ChannelDropout {
    private let probability: Double
    private let use: String

    /// The layer at a place of the network, which names its random numbers; it has no parameters.
    package init(_ scope: ParameterScope, probability: Double) {
        precondition((0..<1).contains(probability), "channel dropout: probability \(probability)")
        (self.probability, use) = (probability, scope.path)
    }

    /// [B, H, W, C] -> [B, H, W, C]: zeros in dropped channels, the others divided by 1 − probability. x itself where
    /// the pass draws nothing.
    package func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        guard probability > 0, let random = context.random else { return x }
        let (images, channels) = (x.shape[0], x.value.channels)
        let kept = Float(1 / (1 - probability))
        let factors = (0..<images).flatMap { image in
            var stream = random.stream(image: image, use: use)
            return (0..<channels).map { _ in stream.nextUniform() < probability ? 0 : kept }
        }
        return multiply(x, Variable(Tensor(factors, shape: [images, 1, 1, channels])))
    }
}
