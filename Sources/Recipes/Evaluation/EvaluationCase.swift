import Annotations
import Datasets
import Foundation
import Metrics

/// An image with everything that is known to be true of it.
struct EvaluationCase: Sendable {
    let sample: EvaluationSample
    /// Nil where the official Cityscapes scores aren't wanted.
    let cityscapes: CityscapesTruth?
    /// Nil where COCO's scores of instances aren't wanted.
    let instances: [InstanceEvaluator.Truth]?
}

/// Reads what one pass over a data set needs; several threads at once.
struct EvaluationCases: Sendable {
    /// Where the instances that COCO's scores need come from.
    enum Instances: Sendable {
        /// The data set's official list.
        case list(TrueInstances, ImageKeys)
        /// The things of its panoptic annotations.
        case segments
    }

    let data: SegmentationDataset
    let mapper: EvaluationMapper
    /// Whether segments are scored.
    let wantsPanoptic: Bool
    /// labelIds of each item; nil where the official Cityscapes scores aren't wanted.
    let cityscapes: [String]?
    /// Nil where COCO's scores of instances aren't wanted.
    let instances: Instances?

    /// Image `index`. Throws `DatasetError`, `ImageError`, `MetricsError` or `MaskError`.
    func load(_ index: Int) throws -> EvaluationCase {
        let sample = try mapper.sample(of: data, index: index, wantsPanoptic: wantsPanoptic)
        return EvaluationCase(
            sample: sample, cityscapes: try cityscapes.map { try CityscapesTruth(labelIDs: $0[index]) },
            instances: try instances.map { try truth($0, sample) })
    }

    private func truth(_ source: Instances, _ sample: EvaluationSample) throws -> [InstanceEvaluator.Truth] {
        switch source {
        case .list(let truth, let keys): try truth.instances(of: keys[sample.id])
        case .segments: sample.panoptic?.instances(data.classes) ?? []
        }
    }

    /// The categories of the instances, as the evaluator wants them.
    var instanceCategories: [CategoryDescription]? {
        switch instances {
        case nil: nil
        case .list(let truth, _): truth.categories
        case .segments: data.classes.categories.filter(\.isThing)
        }
    }
}

extension EvaluationCases.Instances {
    /// The official list of the data sets of this configuration; else things of panoptic annotations, where
    /// there are any. Throws `MetricsError` for a list that cannot be read.
    init?(_ run: RunConfiguration, _ data: SegmentationDataset) throws {
        let path = GroundTruth.path(of: run.datasets.test, .cocoInstances, root: run.datasets.root)
        if let path, FileManager.default.fileExists(atPath: path) {
            self = .list(try TrueInstances(path: path), try ImageKeys(list: path))
        } else if data.items.contains(where: { $0.panoptic != nil }) {
            self = .segments
        } else {
            return nil
        }
    }
}

extension ClassTable {
    /// By category number.
    var categories: [CategoryDescription] {
        names.indices.map { CategoryDescription(id: categoryIDs[$0], name: names[$0], isThing: isThing[$0]) }
    }
}

extension PanopticTruth {
    /// The things, by category.
    fileprivate func instances(_ classes: ClassTable) -> [InstanceEvaluator.Truth] {
        annotation.segments.filter { classes.isThing[$0.classNumber] }.map { segment in
            .init(
                category: classes.categoryIDs[segment.classNumber],
                mask: RunLengthMask(height: size.height, width: size.width) { ids[$0] == UInt32(segment.id) },
                area: Double(segment.area), isCrowd: segment.isCrowd)
        }
    }
}
