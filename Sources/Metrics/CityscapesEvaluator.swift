import Annotations

/// Cityscapes' own pixel-level scores, by the rules of cityscapesScripts'
/// evalPixelLevelSemanticLabeling.py: IoU of classes and categories, and iIoU, where each instance of a
/// thing weighs as much as one of average size. Predictions and truth are labelIds at full size.
package struct CityscapesEvaluator: Evaluator, Equatable {
    package static let task = "cityscapes"

    /// What was found of an instance of a thing.
    private struct Instance: Sendable, Equatable {
        let label, pixels: Int
        /// Pixels predicted as its label, and as any label of its category.
        let hits, categoryHits: Int
        /// What a pixel counts, so that the instance weighs as much as one of average size.
        let weight: Double
    }

    private static let labelCount = CityscapesLabel.all.count
    /// [34, 34], the row is the truth, the column the prediction.
    @Packed private var counts = [Int](repeating: 0, count: labelCount * labelCount)
    /// In the order of the images: sums over them do not depend on how images are shared out.
    @Packed private var instances: [Instance] = []

    package init() {}

    package func alone(with image: EvaluationImage) throws -> Self? {
        guard let labels = image.cityscapesLabels else { return nil }
        var own = Self()
        try own.add(
            prediction: labels.prediction, truth: labels.truth, instances: labels.instances, place: labels.place)
        return own
    }

    package mutating func merge(_ other: CityscapesEvaluator) {
        for index in counts.indices { counts[index] += other.counts[index] }
        instances += other.instances
    }

    /// Scores one image: labelIds predicted and true, and instanceIds (label · 1000 + number above 1000).
    /// Throws `InputError` naming `place`, and has counted nothing, where sizes differ or a number is
    /// beyond the table.
    package mutating func add(prediction: [UInt16], truth: [UInt16], instances: [UInt16], place: String)
        throws
    {
        guard prediction.count == truth.count, instances.count == truth.count else {
            throw InputError(
                place: place, what: "prediction, labelIds and instanceIds differ in size",
                expected: "\(truth.count) pixels", got: "\(prediction.count) and \(instances.count)",
                advice: "predict at the size of the ground truth")
        }
        try require(prediction, "prediction", place)
        try require(truth, "labelIds", place)
        if let wrong = instances.firstIndex(where: { Int($0) >= 1000 * Self.labelCount }) {
            throw Self.beyond("instanceIds", place, Int(instances[wrong]), wrong)
        }
        let pairs = runCounts(truth.count) {
            instances[$0] > 1000 ? UInt32(instances[$0]) << 16 | UInt32(prediction[$0]) : nil
        }
        var sizes: [UInt16: (pixels: Int, hits: Int, categoryHits: Int)] = [:]
        for (pair, pixels) in pairs {
            let (instance, said) = (UInt16(pair >> 16), Int(pair & 0xFFFF))
            let label = Int(instance / 1000)
            let isSame = CityscapesTables.categoryOfID[said] == CityscapesTables.categoryOfID[label]
            var size = sizes[instance] ?? (0, 0, 0)
            size.pixels += pixels
            size.hits += said == label ? pixels : 0
            size.categoryHits += isSame ? pixels : 0
            sizes[instance] = size
        }
        for pixel in truth.indices {
            counts[Int(truth[pixel]) * Self.labelCount + Int(prediction[pixel])] += 1
        }
        for (instance, size) in sizes.sorted(by: { $0.key < $1.key }) {
            let label = Int(instance / 1000)
            guard let average = CityscapesTables.averageInstanceSize[CityscapesLabel.all[label].name] else { continue }
            self.instances.append(
                Instance(
                    label: label, pixels: size.pixels, hits: size.hits, categoryHits: size.categoryHits,
                    weight: average / Double(size.pixels)))
        }
    }

    private func require(_ labels: [UInt16], _ kind: String, _ place: String) throws {
        if let wrong = labels.firstIndex(where: { $0 >= Self.labelCount }) {
            throw Self.beyond(kind, place, Int(labels[wrong]), wrong)
        }
    }

    private static func beyond(_ kind: String, _ place: String, _ label: Int, _ pixel: Int) -> InputError {
        InputError(
            place: place, what: "\(kind) holds a number that is no Cityscapes label",
            expected: kind == "instanceIds"
                ? "below 1000, or label · 1000 + number, labels 0 to 33" : "0 to 33",
            got: "\(label) at pixel \(pixel)", advice: "write labelIds, not trainIds")
    }

    package var result: CityscapesResult {
        let categories = CityscapesTables.categories.indices
        func members(_ category: Int, of labels: some Sequence<Int>) -> [Int] {
            labels.filter { CityscapesTables.categoryOfID[$0] == category }
        }
        return CityscapesResult(
            classScores: CityscapesTables.scoredIDs.map { ratio([$0]) },
            classInstanceScores: CityscapesTables.thingIDs.map { instanceRatio([$0], \.hits) },
            categoryScores: categories.map { ratio(members($0, of: CityscapesTables.scoredIDs)) },
            categoryInstanceScores: categories.filter { CityscapesTables.categoryHasInstances[$0] }.map {
                instanceRatio(members($0, of: 0..<Self.labelCount), \.categoryHits)
            })
    }

    /// Pixels of any of these true labels that were predicted as any of those.
    private func pixels(_ truth: [Int], _ prediction: [Int]) -> Int {
        truth.reduce(0) { sum, row in
            prediction.reduce(sum) { $0 + counts[row * Self.labelCount + $1] }
        }
    }

    /// Pixels predicted as any of these labels where another scored label holds.
    private func wrongPixels(_ labels: [Int]) -> Double {
        Double(pixels(CityscapesTables.scoredIDs.filter { !labels.contains($0) }, labels))
    }

    /// IoU of some labels taken together.
    private func ratio(_ labels: [Int]) -> Double {
        let hits = pixels(labels, labels)
        return Self.ratio(
            hits: Double(hits), misses: Double(pixels(labels, Array(0..<Self.labelCount)) - hits),
            extra: wrongPixels(labels))
    }

    /// iIoU of some labels, of whose instances these pixels count as found.
    private func instanceRatio(_ labels: [Int], _ found: (Instance) -> Int) -> Double {
        var (hits, misses) = (0.0, 0.0)
        for instance in instances where labels.contains(instance.label) {
            hits += Double(found(instance)) * instance.weight
            misses += Double(instance.pixels - found(instance)) * instance.weight
        }
        return Self.ratio(hits: hits, misses: misses, extra: wrongPixels(labels))
    }

    private static func ratio(hits: Double, misses: Double, extra: Double) -> Double {
        let union = hits + misses + extra
        return union == 0 ? .nan : hits / union
    }
}
