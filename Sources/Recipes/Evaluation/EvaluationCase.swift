import Datasets

/// An image with everything that is known to be true of it.
struct EvaluationCase: Sendable {
    let sample: EvaluationSample
    /// Nil where the official Cityscapes scores aren't wanted.
    let cityscapes: CityscapesTruth?
}

/// Reads what one pass over a data set needs; several threads at once.
struct EvaluationCases: Sendable {
    let data: SegmentationDataset
    let mapper: EvaluationMapper
    /// Whether segments are scored.
    let wantsPanoptic: Bool
    /// labelIds of each item; nil where the official Cityscapes scores aren't wanted.
    let cityscapes: [String]?

    /// Image `index`. Throws `DatasetError`, `ImageError` or `MetricsError`.
    func load(_ index: Int) throws -> EvaluationCase {
        EvaluationCase(
            sample: try mapper.sample(of: data, index: index, wantsPanoptic: wantsPanoptic),
            cityscapes: try cityscapes.map { try CityscapesTruth(labelIDs: $0[index]) })
    }
}
