import Annotations
import Images

/// How much of a data set is checked.
package enum CheckDepth: Sendable, Equatable {
    /// Names, and sizes from the files' headers.
    case sizes
    /// Also the values of some label images, spread evenly, which take about a second; all of a small data set.
    case bounded
    /// Also the values of all label images.
    case full

    fileprivate var pixelLimit: Int {
        switch self {
        case .sizes: 0
        case .bounded: 100_000_000
        case .full: .max
        }
    }
}

/// What a check of a data set found.
package struct DatasetReport: Sendable, Equatable {
    /// The data set's name.
    package let name: String
    /// Images in the split.
    package let imageCount: Int
    /// Each size that occurs ("1024x512"), and how often.
    package let sizes: [String: Int]
    /// Label images whose values were read.
    package let labelsRead: Int
    /// Pixels by class in the label images read.
    package let classPixels: [Int]
    /// Pixels of the ignore label.
    package let ignoredPixels: Int
    /// All that is wrong; empty where the data set can be used.
    package let problems: [DatasetProblem]

    /// Whether ignored pixels are more than half of what was read: often a wrong ignore label or label map.
    package var isMostlyIgnored: Bool { ignoredPixels > classPixels.reduce(0, +) }

    /// Problems that forbid training: all but single images without a labelled pixel.
    package var blockingProblems: [DatasetProblem] {
        let blocking = problems.filter(\.isBlocking)
        let nothingLabelled = labelsRead > 0 && classPixels.allSatisfy { $0 == 0 }
        return blocking.isEmpty && nothingLabelled ? problems : blocking
    }
}

extension SegmentationDataset {
    /// Checks the data set. Throws `DatasetError` with every problem that forbids its use. `headers` as for `inspect`.
    @discardableResult
    package func check(_ depth: CheckDepth, _ headers: [ImageHeaders]? = nil) throws -> DatasetReport {
        let report = inspect(depth, headers)
        if !report.blockingProblems.isEmpty {
            throw DatasetError(name, report.blockingProblems, advice: "correct the files, or take them out")
        }
        return report
    }

    /// Checks the data set and reports all problems; never throws. `headers` are those of its files where they were
    /// read before.
    package func inspect(_ depth: CheckDepth, _ headers: [ImageHeaders]? = nil) -> DatasetReport {
        let found = headers ?? self.headers()
        var problems = pairingProblems + found.flatMap(\.problems)
        if items.isEmpty && problems.isEmpty { problems.append(.other(name, "holds no images")) }
        var sizes: [String: Int] = [:]
        for case let size? in found.map(\.size) { sizes["\(size)", default: 0] += 1 }

        let readable = items.indices.filter {
            found[$0].problems.isEmpty
                && (items[$0].labelPath ?? items[$0].panoptic?.path ?? items[$0].instances?.path) != nil
        }
        let pixels = readable.reduce(0) { $0 + (found[$1].size?.area ?? 0) }
        let step = depth == .sizes ? 0 : max(1, (pixels - 1) / depth.pixelLimit + 1)
        let chosen = step == 0 ? [] : stride(from: 0, to: readable.count, by: step).map { readable[$0] }
        let counts = parallelMap(chosen.count) { self.count(self.items[chosen[$0]]) }
        problems += counts.flatMap(\.problems)
        return DatasetReport(
            name: name, imageCount: items.count, sizes: sizes,
            labelsRead: counts.filter { $0.pixels != nil }.count,
            classPixels: classes.names.indices.map { label in
                counts.reduce(0) { $0 + ($1.pixels?[label] ?? 0) }
            },
            ignoredPixels: counts.reduce(0) { $0 + ($1.pixels?[classes.count] ?? 0) }, problems: problems)
    }

    /// Pixels by class and, last, of the ignore label; nil where the labels cannot be used.
    private func count(_ item: Item) -> (pixels: [Int]?, problems: [DatasetProblem]) {
        do {
            if let truth = try instances(of: item) { return (try count(truth), []) }
            guard let labels = try labels(of: item) else { return (nil, []) }
            // Labels without a file are made of the segments, so these are checked already.
            if item.labelPath != nil { _ = try panoptic(of: item) }
            var histogram = [Int](repeating: 0, count: Int(UInt16.max) + 1)
            for label in labels.values { histogram[Int(label)] += 1 }
            let pixels = histogram[..<classes.count] + [histogram[classes.ignoreLabel]]
            let isEmpty = histogram[classes.ignoreLabel] == labels.values.count
            let path = item.labelPath ?? item.panoptic?.path ?? ""
            return (Array(pixels), isEmpty ? [.onlyIgnored(path: path)] : [])
        } catch let error as DatasetError {
            return (nil, error.problems)
        } catch {
            return (nil, [.unreadable("\(error)")])
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
