import Annotations
import Images

/// Maps what label images hold, numbers or colours, to class numbers, and knows what is allowed.
package struct LabelMap: Sendable, Equatable {
    private static let unknown: Int32 = -1
    /// By stored number: class, ignore label or `unknown`.
    private let table: [Int32]
    /// By colour; nil where label images hold numbers.
    private let colors: [RGBColor: UInt16]?
    /// The depth that label images must have; nil: any.
    private let bits: Int?

    /// The map in words that are the same wherever the map is.
    var identity: String {
        let colors = colors.map { $0.map { "\($0.key) \($0.value)" }.sorted() }
        return "\(table) \(colors ?? []) \(bits ?? 0)"
    }

    /// Labels are class numbers already; everything but classes and ignore label is an error, with `bits` label images
    /// of another depth, too.
    package init(classes: ClassTable, bits: Int? = nil) {
        self.init(classes.count, classes.ignoreLabel, bits: bits) {
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

    /// Colours → class number or ignore label; every other colour is an error.
    package init(classes: ClassTable, colors: [RGBColor: Int]) {
        table = []
        bits = nil
        self.colors = colors.mapValues { number in
            precondition(number < classes.count || number == classes.ignoreLabel, "LabelMap: a colour to \(number)")
            return UInt16(number)
        }
    }

    private init(_ classCount: Int, _ ignoreLabel: Int, bits: Int? = nil, _ target: (Int) -> Int?) {
        colors = nil
        self.bits = bits
        table = (0...Int(UInt16.max)).map { stored in
            guard let label = target(stored) else { return Self.unknown }
            precondition(
                label >= 0 && label < classCount || label == ignoreLabel, "LabelMap: \(stored) to \(label)")
            return Int32(label)
        }
    }

    /// The class numbers of a label image. Throws `InputError`, and `DatasetError` for a number or a colour that is no
    /// class.
    package func labels(_ path: String) throws -> LabelImage {
        guard let colors else { return try apply(to: ImageFile.readLabels(path, bits: bits), path: path) }
        let picture = try ImageFile.readColors(path)
        var last: (color: RGBColor, label: UInt16)?
        var wrong: [Int] = []
        let values = (0..<picture.size.area).map { pixel in
            let color = Self.color(picture, pixel)
            // Neighbours mostly have one colour: one look-up for a run of them.
            if let last, last.color == color { return last.label }
            guard let label = colors[color] else {
                wrong.append(pixel)
                return UInt16.max
            }
            last = (color, label)
            return label
        }
        guard let first = wrong.first else { return LabelImage(size: picture.size, values: values) }
        let color = Self.color(picture, first)
        let count = Set(wrong.map { Self.color(picture, $0) }).count
        throw DatasetError(
            "label image",
            [
                .other(
                    path,
                    "the colour [\(color.red), \(color.green), \(color.blue)] at column \(first % picture.width), row "
                        + "\(first / picture.width) is no class's; \(wrong.count) pixels have \(count) such "
                        + "colour\(count == 1 ? "" : "s")")
            ], advice: "correct the labels, the colours of the classes or \"ignore_color\"")
    }

    private static func color(_ picture: Image<UInt8>, _ pixel: Int) -> RGBColor {
        RGBColor(picture.values[3 * pixel], picture.values[3 * pixel + 1], picture.values[3 * pixel + 2])
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
