import Annotations

/// Images paired with what a panoptic list says about them.
struct PanopticItems {
    private(set) var items: [SegmentationDataset.Item] = []
    private(set) var problems: [DatasetProblem] = []
    private let classNumbers: [Int: Int]
    /// Images whose annotations name a file that may not be read.
    private var refused: Set<String> = []

    /// Where the annotations lie, and how they are to be read.
    struct Source {
        /// The JSON file.
        let list: String
        /// The folder of its pictures.
        let pictures: String
        /// The list names them by their categories.
        let classes: ClassTable
        /// Where its pictures may lie.
        let bounds: FileBounds
        /// Whether stuff may have no pixel.
        var allowsCoveredStuff = false
        /// Whether its categories may lack names, and be left out: a description names them too.
        var isDescribed = false
        /// Whether annotations of other images are faults.
        var isWhole = true
    }

    /// Those of `images` that the list has, in their order, each with its annotation; `key` gives the image's id of an
    /// annotation. Throws `DatasetError` for a list that cannot be read; faults in it become `problems`.
    init(
        _ images: [SegmentationDataset.Item], _ source: Source, key: (PanopticList.Annotation) -> String
    ) throws {
        classNumbers = source.classes.classNumbers
        let list = try AnnotationFile.read(PanopticList.self, path: source.list)
        problems += ListedCategories.problems(
            list.categories.map { ($0.id, $0.name) }, in: source.list, classes: source.classes)
        if !source.isDescribed, list.categories.contains(where: { $0.name == nil }) || list.categories.isEmpty {
            problems.append(.other(source.list, "has no names of categories (expected \"categories\" with \"name\")"))
        }
        var seen: Set<ImageKey> = []
        for image in list.images where !seen.insert(image.id).inserted {
            problems.append(.other(source.list, "image \(image.id) is listed twice"))
        }
        let (categories, files) = (Set(list.categories.map(\.id)), ListedFiles(in: source.pictures, source.bounds))
        var annotations: [String: PanopticAnnotation] = [:]
        for annotation in list.annotations {
            if annotations[key(annotation)] != nil {
                problems.append(.other(source.list, "image \(annotation.imageID) is annotated twice"))
            }
            if let fault = files.fault(of: annotation.fileName) {
                problems.append(.other(source.list, "image \(annotation.imageID): \(fault)"))
                refused.insert(key(annotation))
                continue
            }
            annotations[key(annotation)] = read(annotation, source, categories, files)
        }
        pair(images, annotations, source)
    }

    /// The list decides which images there are, unless it has none of them.
    private mutating func pair(
        _ images: [SegmentationDataset.Item], _ annotations: [String: PanopticAnnotation], _ source: Source
    ) {
        var annotations = annotations
        var others: [SegmentationDataset.Item] = []
        for image in images where !refused.contains(image.id) {
            if let annotation = annotations.removeValue(forKey: image.id) {
                items.append(image.withPanoptic(annotation))
            } else {
                others.append(image)
            }
        }
        if items.isEmpty {
            problems += others.map {
                .other($0.imagePath, "has no panoptic annotation (expected image \($0.id) in \(source.list))")
            }
        } else if let first = others.first {
            problems.append(.notListed(images: others.count, first: first.imagePath, list: source.list))
        }
        guard source.isWhole else { return }
        problems += annotations.keys.sorted().map {
            .other(source.list, "image \($0) is annotated, but there is no such image")
        }
    }

    private mutating func read(
        _ annotation: PanopticList.Annotation, _ source: Source, _ categories: Set<Int>,
        _ files: ListedFiles
    ) -> PanopticAnnotation {
        var seen: Set<Int> = []
        let segments = annotation.segments.compactMap { segment -> PanopticAnnotation.Segment? in
            func fault(_ what: String) {
                problems.append(
                    .other(source.list, "image \(annotation.imageID): segment \(segment.id) \(what)"))
            }
            guard 1..<1 << 24 ~= segment.id else {
                fault("is no segment number (expected 1 to 16777215)")
                return nil
            }
            guard seen.insert(segment.id).inserted else {
                fault("is listed twice")
                return nil
            }
            guard let number = classNumbers[segment.category],
                categories.isEmpty || categories.contains(segment.category)
            else {
                fault(
                    "has category \(segment.category), which is "
                        + (categories.isEmpty ? "no class of this data set" : "not in the list of categories"))
                return nil
            }
            return .init(
                id: segment.id, classNumber: number, isCrowd: segment.crowd != 0, area: segment.area,
                mayBeCovered: source.allowsCoveredStuff && !source.classes.isThing[number])
        }
        return PanopticAnnotation(path: files.path(of: annotation.fileName), segments: segments)
    }
}

extension SegmentationDataset {
    /// The same images, each with its annotation in a panoptic list. Throws as `PanopticItems`.
    func withPanoptic(
        _ source: PanopticItems.Source, key: (PanopticList.Annotation) -> String
    ) throws -> SegmentationDataset {
        let paired = try PanopticItems(items, source, key: key)
        return replacing(paired.items, problems: pairingProblems + paired.problems)
    }
}
