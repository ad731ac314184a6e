import Annotations
import Images

/// How much of a data set is checked.
package enum CheckDepth: Sendable, Equatable {
    /// Names, and sizes from the files' headers.
    case sizes
    /// Also the values of 500 label images, spread evenly; all of a small data set.
    case bounded
    /// Also the values of all label images.
    case full

    fileprivate var mostLabels: Int {
        switch self {
        case .sizes: 0
        case .bounded: 500
        case .full: .max
        }
    }
}

/// What a check of a data set found.
package struct DatasetReport: Sendable, Equatable {
    /// What training finds in an image; nil where it is not known without the file, or there is no such annotation.
    package struct Contents: Sendable, Equatable {
        /// The image.
        package let path: String
        /// The classes with a pixel.
        package var classNumbers: [Int]?
        /// Segments told apart, and objects; crowd regions left out.
        package var segments, objects: Int?
    }

    /// The data set's name.
    package let name: String
    /// Images in the split.
    package let imageCount: Int
    /// Each size that occurs, and how often.
    package let sizes: [ImageSize: Int]
    /// Images with labels of any kind.
    package let labelCount: Int
    /// Label images whose values were read.
    package let labelsRead: Int
    /// Pixels by class in the label images read.
    package let classPixels: [Int]
    /// Pixels of the ignore label.
    package let ignoredPixels: Int
    /// Classes that lists name for an image, whether it was read or not.
    package let listedClasses: Set<Int>
    /// Of every image.
    package let contents: [Contents]
    /// All that is wrong; empty where the data set can be used.
    package let problems: [DatasetProblem]

    /// The sizes, those of most images first.
    package var sizesByCount: [(size: ImageSize, images: Int)] {
        sizes.map { (size: $0.key, images: $0.value) }.sorted {
            ($1.images, $0.size.width, $0.size.height) < ($0.images, $1.size.width, $1.size.height)
        }
    }

    /// Images by class: those whose labels were read and have a pixel of it.
    package var classImages: [Int] {
        contents.reduce(into: [Int](repeating: 0, count: classPixels.count)) { counts, image in
            for number in image.classNumbers ?? [] { counts[number] += 1 }
        }
    }

    /// How much of the pixels that were read so many are, 0…1.
    package func share(of pixels: Int) -> Double {
        Double(pixels) / Double(max(1, ignoredPixels + classPixels.reduce(0, +)))
    }

    /// Whether ignored pixels are more than half of what was read: often a wrong ignore label or label map.
    package var isMostlyIgnored: Bool { ignoredPixels > classPixels.reduce(0, +) }

    /// Whether label images were read, and no pixel of them belongs to a class.
    package var isUnlabelled: Bool { labelsRead > 0 && classPixels.allSatisfy { $0 == 0 } }

    /// Problems that forbid training; where nothing is labelled, that is one.
    package var blockingProblems: [DatasetProblem] {
        let blocking = problems.filter(\.isBlocking)
        guard blocking.isEmpty, isUnlabelled else { return blocking }
        return problems.filter { if case .onlyIgnored = $0 { true } else { false } }
    }
}

extension SegmentationDataset {
    /// Checks the data set. Throws `DatasetError` with every problem that forbids its use; for scores alone, images
    /// without a labelled pixel may be all there are. `headers` as for `inspect`.
    @discardableResult
    package func check(
        _ depth: CheckDepth, _ headers: [ImageHeaders]? = nil, forTraining: Bool = true
    ) throws -> DatasetReport {
        let report = inspect(depth, headers)
        let problems = forTraining ? report.blockingProblems : report.problems.filter(\.isBlocking)
        if !problems.isEmpty { throw DatasetError(name, problems, advice: "correct the files, or take them out") }
        return report
    }

    /// Checks the data set and reports all problems; never throws. `headers` are those of its files where they were
    /// read before.
    package func inspect(_ depth: CheckDepth, _ headers: [ImageHeaders]? = nil) -> DatasetReport {
        let found = headers ?? self.headers()
        var problems = pairingProblems + found.flatMap(\.problems)
        if items.isEmpty && !problems.contains(where: \.isBlocking) {
            problems.append(.other(name, "holds no images"))
        }
        var sizes: [ImageSize: Int] = [:]
        for case let size? in found.map(\.size) { sizes[size, default: 0] += 1 }

        let labelled = items.indices.filter { items[$0].annotationPath != nil }
        let readable = labelled.filter { found[$0].problems.isEmpty }
        let count = min(readable.count, depth.mostLabels)
        let chosen = (0..<count).map { readable[$0 * readable.count / count] }
        let counts = parallelMap(chosen.count) { self.count(self.items[chosen[$0]]) }
        problems += counts.flatMap(\.problems)
        var contents = items.map(\.listedContents)
        for (index, count) in zip(chosen, counts) { contents[index].fill(count) }
        return DatasetReport(
            name: name, imageCount: items.count, sizes: sizes, labelCount: labelled.count,
            labelsRead: counts.filter { $0.pixels != nil }.count,
            classPixels: classes.names.indices.map { label in
                counts.reduce(0) { $0 + ($1.pixels?[label] ?? 0) }
            },
            ignoredPixels: counts.reduce(0) { $0 + ($1.pixels?[classes.count] ?? 0) },
            listedClasses: items.reduce(into: []) { $0.formUnion($1.listedClasses) }, contents: contents,
            problems: problems)
    }

    /// What the files of an item hold.
    fileprivate struct ItemCount: Sendable {
        /// By class and, last, of the ignore label; nil where the labels cannot be used.
        var pixels: [Int]?
        /// Segments and objects that are no crowd regions; nil where there are no such annotations.
        var segments, objects: Int?
        var problems: [DatasetProblem] = []
    }

    private func count(_ item: Item) -> ItemCount {
        do {
            if let truth = try instances(of: item) {
                return ItemCount(pixels: try count(truth), objects: truth.objects.count { !$0.isCrowd })
            }
            // Labels without a file are made of the segments.
            let truth = try panoptic(of: item)
            guard let labels = try item.labelPath == nil ? truth.map(labels) : labels(of: item) else {
                return ItemCount()
            }
            var histogram = [Int](repeating: 0, count: Int(UInt16.max) + 1)
            for label in labels.values { histogram[Int(label)] += 1 }
            let pixels = histogram[..<classes.count] + [histogram[classes.ignoreLabel]]
            let isEmpty = histogram[classes.ignoreLabel] == labels.values.count
            return ItemCount(
                pixels: Array(pixels), segments: truth?.annotation.segments.count { !$0.isCrowd },
                problems: isEmpty ? [.onlyIgnored(path: item.annotationPath ?? "")] : [])
        } catch let error as DatasetError {
            return ItemCount(problems: error.problems)
        } catch {
            return ItemCount(problems: [.unreadable("\(error)")])
        }
    }

    /// Pixels of objects by class and, last, of crowd regions; overlapping objects all count.
    private func count(_ truth: InstanceTruth) throws -> [Int] {
        var pixels = [Int](repeating: 0, count: classes.count + 1)
        for object in truth.objects {
            pixels[object.isCrowd ? classes.count : object.classNumber] += try truth.mask(of: object).area
        }
        return pixels
    }
}

extension SegmentationDataset.Item {
    /// The file with its labels, segments or objects.
    fileprivate var annotationPath: String? { labelPath ?? panoptic?.path ?? instances?.path }

    private var listedObjects: [InstanceAnnotation.Object] {
        if case .objects(let objects, _)? = instances?.content { objects } else { [] }
    }

    fileprivate var listedClasses: [Int] {
        (panoptic?.segments.map(\.classNumber) ?? []) + listedObjects.map(\.classNumber)
    }

    fileprivate var listedContents: DatasetReport.Contents {
        .init(
            path: imagePath,
            segments: panoptic?.form == .listed ? panoptic?.segments.count { !$0.isCrowd } : nil,
            objects: instances?.picture == nil && instances != nil ? listedObjects.count { !$0.isCrowd } : nil)
    }
}

extension DatasetReport.Contents {
    fileprivate mutating func fill(_ count: SegmentationDataset.ItemCount) {
        classNumbers = count.pixels.map { pixels in pixels.dropLast().indices.filter { pixels[$0] > 0 } }
        segments = segments ?? count.segments
        objects = objects ?? count.objects
    }
}
