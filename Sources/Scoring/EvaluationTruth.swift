import Annotations
import Datasets
import Foundation
import Metrics

/// An image with everything that is known to be true of it.
package struct EvaluationCase: Sendable {
    package let sample: EvaluationSample
    /// Nil where Cityscapes' official scores are not wanted.
    let cityscapes: CityscapesTruth?
    /// Nil where COCO's scores of instances are not wanted.
    let instances: [InstanceEvaluator.Truth]?
}

/// What is true of the images of a data set, and the evaluators that compare predictions with it. Several threads
/// read from it at once.
package struct EvaluationTruth: Sendable {
    /// Where the instances that COCO's scores need come from.
    private enum Instances: Sendable {
        /// The data set's official list.
        case list(TrueInstances, ImageKeys)
        /// The things of its panoptic annotations.
        case segments
    }

    /// The tasks that are scored.
    package let tasks: InferenceTasks
    /// The evaluators of these tasks, which have seen no image.
    package let evaluators: [any Evaluator]
    /// What is not scored, and why.
    package let notes: [String]
    private let data: SegmentationDataset
    private let mapper: EvaluationMapper
    /// Paths of labelIds, one an item; nil where Cityscapes' official scores are not wanted.
    private let labelIDs: [String]?
    private let instances: Instances?

    /// What there is to score of `tasks` on `data`, which is the data sets of these names under `root`; label maps
    /// where it is nothing. Throws `InputError` for a list of instances that cannot be read, and `UnreadableFiles`.
    package init(
        _ data: SegmentationDataset, names: [String], root: String?, tasks: InferenceTasks, mapper: EvaluationMapper,
        meanRule: SemanticResult.MeanRule = .detectron2
    ) throws {
        self.data = data
        self.mapper = mapper
        let official = CityscapesTruth.paths(of: data)
        let missing = official.flatMap(CityscapesTruth.missingFile)
        var notes = missing.map { ["without the official scores of Cityscapes, since \($0) is missing"] } ?? []
        labelIDs = missing == nil ? official : nil
        try labelIDs.map(CityscapesTruth.requireHeaders)
        var scored = tasks
        let hasSegments = data.items.contains { $0.panoptic != nil }
        if !hasSegments { scored.remove(.panoptic) }
        var categories: [CategoryDescription]?
        if !scored.contains(.instance) || labelIDs != nil {
            instances = nil
        } else if let path = COCOInstanceFormat.truth(of: names, root: root),
            FileManager.default.fileExists(atPath: path)
        {
            let list = try TrueInstances(path: path)
            instances = .list(list, try ImageKeys(list: path))
            categories = list.categories
        } else if hasSegments {
            instances = .segments
            categories = data.classes.categories.filter(\.isThing)
        } else {
            instances = nil
        }
        if labelIDs == nil, instances == nil { scored.remove(.instance) }
        if tasks.contains(.panoptic), !hasSegments {
            notes.append("without panoptic_seg, since \(data.name) tells no segments apart")
        }
        if tasks.contains(.instance), !scored.contains(.instance) {
            notes.append("without segm, since \(data.name) tells no objects apart")
        }
        self.notes = notes
        self.tasks = scored.isEmpty ? .semantic : scored
        evaluators = Evaluators.of(
            self.tasks, classes: data.classes, hasCityscapesTruth: labelIDs != nil, instanceCategories: categories,
            meanRule: meanRule)
    }

    /// Reads image `index`. Throws `DatasetError`, `InputError`, `InputError` or `InputError`.
    package func load(_ index: Int) throws -> EvaluationCase {
        let wantsPanoptic = tasks.contains(.panoptic) || tasks.contains(.instance)
        let sample = try mapper.sample(of: data, index: index, wantsPanoptic: wantsPanoptic)
        let instances: [InstanceEvaluator.Truth]? =
            switch self.instances {
            case nil: nil
            case .list(let truth, let keys): try truth.instances(of: keys[sample.id])
            case .segments: sample.panoptic?.instances(data.classes) ?? []
            }
        return EvaluationCase(
            sample: sample, cityscapes: try labelIDs.map { try CityscapesTruth(labelIDs: $0[index]) },
            instances: instances)
    }

    private func isScored(_ category: Int) -> Bool {
        if case .list(let truth, _)? = instances { truth.names(category) } else { true }
    }

    /// A prediction beside the truth, as evaluators compare them.
    package func image(_ prediction: ImagePrediction, _ truth: EvaluationCase) -> EvaluationImage {
        let (place, categoryIDs) = (truth.sample.path, data.classes.categoryIDs)
        var image = EvaluationImage()
        if let labels = prediction.labels {
            image.labels = truth.sample.labels.map { (labels.values, $0.values, labels.width, place) }
            image.cityscapesLabels = truth.cityscapes.map {
                (CityscapesTruth.labelIDs(of: labels).values, $0.labels.values, $0.instances.values, place)
            }
        }
        if let segments = prediction.panoptic, let panoptic = truth.sample.panoptic {
            image.segments = (
                PanopticMap(segments, data.classes, place: place), PanopticMap(panoptic, data.classes)
            )
        }
        if let found = prediction.instances {
            let predictions = found.map {
                InstanceEvaluator.Prediction(
                    category: categoryIDs[$0.category], mask: $0.mask, score: Double($0.score))
            }
            image.cityscapesInstances = truth.cityscapes.map { (predictions, $0.instances.values, place) }
            let scored = predictions.filter { isScored($0.category) }
            image.instances = truth.instances.map { (scored, $0, place) }
        }
        return image
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

extension PanopticMap {
    /// A prediction.
    fileprivate init(_ result: PanopticResult, _ classes: ClassTable, place: String) {
        self.init(
            ids: result.segmentIDs.map { UInt32(bitPattern: $0) },
            segments: result.segments.map { Segment(id: $0.id, category: classes.categoryIDs[$0.category]) },
            place: place)
    }

    /// What is true.
    fileprivate init(_ truth: PanopticTruth, _ classes: ClassTable) {
        self.init(
            ids: truth.ids,
            segments: truth.annotation.segments.map {
                Segment(
                    id: $0.id, category: classes.categoryIDs[$0.classNumber], isCrowd: $0.isCrowd, area: $0.area)
            }, place: truth.annotation.path)
    }
}
