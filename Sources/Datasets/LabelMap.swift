import Annotations

/// Maps the numbers stored in label images to class numbers, and knows which numbers are allowed.
package struct LabelMap: Sendable, Equatable {
    private static let unknown: Int32 = -1
    /// By stored number: class, ignore label or `unknown`.
    private let table: [Int32]

    /// Labels are class numbers already; everything but classes and ignore label is an error.
    package init(classes: ClassTable) {
        self.init(classes.count, classes.ignoreLabel) {
            $0 < classes.count || $0 == classes.ignoreLabel ? $0 : nil
        }
    }

    /// Stored number → class number or ignore label; all numbers not listed become `other`, or are an error
    /// where that is nil. The ignore label itself stays what it is unless listed.
    package init(classes: ClassTable, mapping: [Int: Int], other: Int? = nil) {
        self.init(classes.count, classes.ignoreLabel) {
            mapping[$0] ?? ($0 == classes.ignoreLabel ? $0 : other)
        }
    }

    private init(_ classCount: Int, _ ignoreLabel: Int, _ target: (Int) -> Int?) {
        table = (0...Int(UInt16.max)).map { stored in
            guard let label = target(stored) else { return Self.unknown }
            precondition(
                label >= 0 && label < classCount || label == ignoreLabel, "LabelMap: \(stored) to \(label)")
            return Int32(label)
        }
    }

    /// Class numbers of stored numbers. Throws `DatasetProblem.unknownLabels` in a `DatasetError` that names
    /// `path`.
    package func apply(to stored: LabelImage, path: String) throws -> LabelImage {
        var lowest: Int32 = 0
        let values = [UInt16](unsafeUninitializedCapacity: stored.values.count) { target, count in
            table.withUnsafeBufferPointer { table in
                for (index, value) in stored.values.enumerated() {
                    let label = table[Int(value)]
                    lowest = min(lowest, label)
                    target.initializeElement(at: index, to: UInt16(truncatingIfNeeded: label))
                }
            }
            count = stored.values.count
        }
        if lowest == Self.unknown {
            throw DatasetError(
                "label image", [fault(in: stored, path: path)],
                advice: "correct the labels, the classes or the label map")
        }
        return LabelImage(size: stored.size, values: values)
    }

    private func fault(in stored: LabelImage, path: String) -> DatasetProblem {
        let wrong = stored.values.indices.filter { table[Int(stored.values[$0])] == Self.unknown }
        let values = Set(wrong.map { Int(stored.values[$0]) }).sorted()
        return .unknownLabels(
            path: path, values: values, pixels: wrong.count, column: (wrong.first ?? 0) % stored.width,
            row: (wrong.first ?? 0) / stored.width, allowed: allowed)
    }

    /// The allowed numbers in words: "0 to 18 or 255".
    private var allowed: String {
        var parts: [String] = []
        var start: Int?
        for stored in 0...table.count {
            let isKnown = stored < table.count && table[stored] != Self.unknown
            if isKnown, start == nil { start = stored }
            if !isKnown, let first = start {
                parts.append(first == stored - 1 ? "\(first)" : "\(first) to \(stored - 1)")
                start = nil
            }
        }
        return parts.prefix(6).joined(separator: " or ") + (parts.count > 6 ? ", …" : "")
    }
}
