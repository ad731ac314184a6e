/// Sizes of images whose shortest side is given, as long as the longest stays within a limit (detectron2's
/// ResizeShortestEdge).
package struct ResizeShortestEdge: Sendable, Equatable {
    /// Where the shortest side comes from.
    package enum Sampling: Sendable, Equatable {
        /// One of the lengths.
        case choice
        /// Anything from the first to the second, both included.
        case range
    }

    /// 0 leaves an image as it is.
    package let lengths: [Int]
    /// How a length is drawn from `lengths`.
    package let sampling: Sampling
    /// Of the longest side.
    package let maxSize: Int

    /// Lengths in pixels, at least one; a range needs its two ends.
    package init(lengths: [Int], sampling: Sampling = .choice, maxSize: Int) {
        precondition(
            !lengths.isEmpty && maxSize > 0
                && (sampling == .choice || lengths.count == 2 && lengths[0] <= lengths[1]),
            "ResizeShortestEdge: lengths \(lengths), longest side \(maxSize)")
        self.lengths = lengths
        self.sampling = sampling
        self.maxSize = maxSize
    }

    /// A random shortest side.
    package func drawLength(_ random: inout SampleRandom) -> Int {
        switch sampling {
        case .choice: lengths[random.nextInt(below: lengths.count)]
        case .range: random.nextInt(in: lengths[0]...lengths[1])
        }
    }

    /// Height and width for a shortest side of `length`. Double arithmetic and rounding are the official
    /// ones.
    package func size(height: Int, width: Int, length: Int) -> (height: Int, width: Int) {
        if length == 0 { return (height, width) }
        let side = Double(length)
        let scale = side / Double(min(height, width))
        var (newHeight, newWidth) =
            height < width ? (side, scale * Double(width)) : (scale * Double(height), side)
        let longest = max(newHeight, newWidth)
        if longest > Double(maxSize) {
            let shrink = Double(maxSize) / longest
            newHeight *= shrink
            newWidth *= shrink
        }
        // A strip so thin that it rounds to nothing keeps a pixel (Pillow would refuse it).
        return (max(1, Int(newHeight + 0.5)), max(1, Int(newWidth + 0.5)))
    }
}
