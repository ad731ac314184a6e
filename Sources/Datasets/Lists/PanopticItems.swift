import Annotations

/// Images paired with what a panoptic list says about them.
struct PanopticItems {
    private(set) var items: [SegmentationDataset.Item] = []
    private(set) var problems: [DatasetProblem] = []
    private let classNumbers: [Int: Int]

    /// Where the annotations lie, and how they are to be read.
    struct Source {
        /// The JSON file.
        let list: String
        /// The folder of its pictures.
        let pictures: String
        /// The list names them by their categories.
        let classes: ClassTable
        /// Whether stuff may have no pixel.
        var allowsCoveredStuff = false
    }

    /// `images` in their order, each with its annotation; `key` gives the image's id of an annotation.
    /// Throws `DatasetError` for a list that cannot be read; faults in it become `problems`.
    init(
        _ images: [SegmentationDataset.Item], _ source: Source, key: (PanopticList.Annotation) -> String
    ) throws {
        classNumbers = source.classes.classNumbers
        let list = try AnnotationFile.read(PanopticList.self, path: source.list)
        check(list.categories, source)
        var seen: Set<ImageKey> = []
        for image in list.images where !seen.insert(image.id).inserted {
            problems.append(.other(source.list, "image \(image.id) is listed twice"))
        }
        let categories = Set(list.categories.map(\.id))
        var annotations: [String: PanopticAnnotation] = [:]
        for annotation in list.annotations {
            if annotations[key(annotation)] != nil {
                problems.append(.other(source.list, "image \(annotation.imageID) is annotated twice"))
            }
            annotations[key(annotation)] = read(annotation, source, categories)
        }
        for image in images {
            guard let annotation = annotations.removeValue(forKey: image.id) else {
                problems.append(
                    .other(
                        image.imagePath,
                        "has no panoptic annotation (expected image \(image.id) in \(source.list))"))
                continue
            }
            items.append(image.withPanoptic(annotation))
        }
        problems += annotations.keys.sorted().map {
            .other(source.list, "image \($0) is annotated, but there is no such image")
        }
    }

    private mutating func check(_ categories: [PanopticList.Category], _ source: Source) {
        var seen: Set<Int> = []
        for category in categories {
            if !seen.insert(category.id).inserted {
                problems.append(.other(source.list, "category \(category.id) is listed twice"))
            } else if let number = classNumbers[category.id] {
                // In a list by trainId the numbers mean other classes.
                let expected = source.classes.names[number]
                if category.name != expected {
                    problems.append(
                        .other(
                            source.list,
                            "category \(category.id) is \"\(category.name)\" (expected \"\(expected)\")"))
                }
            } else {
                problems.append(
                    .other(
                        source.list,
                        "category \(category.id), \"\(category.name)\", is no class of this data set"))
            }
        }
    }

    private mutating func read(
        _ annotation: PanopticList.Annotation, _ source: Source, _ categories: Set<Int>
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
            guard categories.contains(segment.category), let number = classNumbers[segment.category]
            else {
                fault("has category \(segment.category), which is not in the list of categories")
                return nil
            }
            return .init(
                id: segment.id, classNumber: number, isCrowd: segment.crowd != 0, area: segment.area,
                mayBeCovered: source.allowsCoveredStuff && !source.classes.isThing[number])
        }
        return PanopticAnnotation(
            path: FileTree.join(source.pictures, annotation.fileName), segments: segments)
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
