/// An object that was found in an image.
package struct PredictedInstance: Sendable, Equatable {
    /// Its class.
    package let category: Int
    /// The query that predicts it, which may predict others of other classes.
    package let query: Int
    /// Probability of the class, times the mean probability of the pixels in the mask.
    package let score: Float
    /// Its pixels, at the size of the output; there may be none.
    package let mask: RunLengthMask

    package init(category: Int, query: Int, score: Float, mask: RunLengthMask) {
        self.category = category
        self.query = query
        self.score = score
        self.mask = mask
    }
}
