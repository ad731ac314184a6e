/// An object that was found in an image.
package struct PredictedInstance: Sendable, Equatable {
    /// Its class.
    package let category: Int
    /// Probability of the class, times the mean probability of the pixels in the mask.
    package let score: Float
    /// Its pixels, at the size of the output; there may be none.
    package let mask: RunLengthMask

    package init(category: Int, score: Float, mask: RunLengthMask) {
        self.category = category
        self.score = score
        self.mask = mask
    }
}
