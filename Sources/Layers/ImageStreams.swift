import Tensors

/// The random numbers of a training step for layers that draw (dropout, drop path): streams that are functions of the
/// seed, the step, an image's index in the whole batch of the step, and what the numbers are for.
package struct ImageStreams: Sendable {
    private let seed: UInt64
    private let step: Int
    private let firstImage: Int

    /// The numbers of a step; the first image of the pass has the index `firstImage` in the step's batch.
    package init(seed: UInt64, step: Int, firstImage: Int = 0) {
        self.seed = seed
        self.step = step
        self.firstImage = firstImage
    }

    /// The stream of one image of the pass; `use` is a name that is drawn for nowhere else, such as a layer's.
    package func stream(image: Int, use: String) -> RandomStream {
        var step = RandomStream(seed: seed, step, firstImage + image)
        return RandomStream(seed: step.next(), name: use)
    }
}
