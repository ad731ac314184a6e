/// The order of samples: an endless stream of epochs, each in its own random order (detectron2's TrainingSampler).
/// A function of the position alone, so that a run resumes anywhere without stored state.
package struct TrainingSampler: Sendable, Equatable {
    /// Samples of an epoch.
    package let count: Int
    /// The same seed gives the same stream.
    package let seed: UInt64

    /// `count` is at least 1.
    package init(count: Int, seed: UInt64) {
        precondition(count > 0, "TrainingSampler: \(count) samples")
        self.count = count
        self.seed = seed
    }

    /// The sample at `position` of the stream (0, 1, 2, …): its epoch, and its index in the data set.
    package func sample(at position: Int) -> (epoch: Int, index: Int) {
        precondition(position >= 0, "TrainingSampler: position \(position)")
        let (epoch, turn) = position.quotientAndRemainder(dividingBy: count)
        return (epoch, order(ofEpoch: epoch)[turn])
    }

    /// The indices of an epoch in their order: a Fisher–Yates shuffle. Far cheaper than decoding one image.
    package func order(ofEpoch epoch: Int) -> [Int] {
        var order = Array(0..<count)
        // No sample has the index −1: its stream is the permutation's.
        var random = SampleRandom(seed: seed, epoch: epoch, index: -1)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, random.nextInt(below: last + 1))
        }
        return order
    }
}
