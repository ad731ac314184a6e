import Autodiff
import Tensors

/// Drops a residual branch for whole images in training (Huang et al., Deep Networks with Stochastic Depth; timm's
/// DropPath).
package struct DropPath {
    private let rate: Float
    private let use: String

    /// Drops with probability `rate`; `use` names the branch, and no other.
    package init(rate: Float, use: String) {
        precondition((0..<1).contains(rate), "drop path: rate \(rate)")
        (self.rate, self.use) = (rate, use)
    }

    /// The branch [B, ...]: zeros for dropped images, divided by 1 − rate for the others. Itself where the pass has no
    /// random numbers.
    package func callAsFunction(_ branch: Variable, _ context: ForwardContext) -> Variable {
        guard rate > 0, let random = context.random else { return branch }
        return scaleImages(
            branch,
            by: (0..<branch.shape[0]).map { image in
                var stream = random.stream(image: image, use: use)
                return stream.nextUniform() < Double(rate) ? 0 : 1 / (1 - rate)
            })
    }
}
