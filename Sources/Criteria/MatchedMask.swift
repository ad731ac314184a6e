/// A query that was given a target segment: one row of the mask losses.
package struct MatchedMask: Equatable, Sendable {
    /// Which output of the decoder, as an index of `MaskPredictions`.
    package let output: Int
    /// Which image of the batch.
    package let image: Int
    package let query: Int
    /// Which segment of the image's targets.
    package let segment: Int

    /// A row of the mask losses.
    package init(output: Int, image: Int, query: Int, segment: Int) {
        self.output = output
        self.image = image
        self.query = query
        self.segment = segment
    }
}
