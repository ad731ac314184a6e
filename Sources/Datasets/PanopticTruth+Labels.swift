import Annotations
import Images

extension PanopticTruth {
    /// Segments of class numbers, in the order of their classes: one for each class of stuff, and the objects of
    /// each class of things as the annotation tells them apart, or `numbers` that are at hand. Throws `InputError`, and
    /// `DatasetError` for pictures of another size and too many objects.
    init(
        _ annotation: PanopticAnnotation, labels: LabelImage, classes: ClassTable, numbers given: LabelImage? = nil
    ) throws {
        let numbers =
            annotation.form == .connected
            ? labels.connectedThings(classes)
            : try (given ?? Self.numbers(annotation.path, labels: labels)).values.map(UInt32.init)
        // Class in the upper half, object in the lower: sorted by class, then object.
        let keys = zip(labels.values, numbers).map { label, number -> UInt64 in
            guard label < classes.count else { return .max }
            return UInt64(label) << 32 | UInt64(classes.isThing[Int(label)] ? number : 0)
        }
        var areas = PanopticTruth.areas(keys)
        areas[.max] = nil
        // The mapper numbers segments in 16 bits.
        guard areas.count < 1 << 16 else {
            throw DatasetError(
                "panoptic annotation",
                [.other(annotation.path, "has \(areas.count) objects (expected 65535 at most)")],
                advice: "smooth the labels, or tell objects apart in another way")
        }
        var idOfKey: [UInt64: UInt32] = [.max: 0]
        let segments = areas.keys.sorted().enumerated().map { index, key in
            idOfKey[key] = UInt32(index + 1)
            let label = Int(key >> 32)
            return PanopticAnnotation.Segment(
                id: index + 1, classNumber: label, isCrowd: classes.isThing[label] && key & 0xFFFF_FFFF == 0,
                area: areas[key] ?? 0)
        }
        var last = (key: UInt64.max, id: UInt32(0))
        let ids = keys.map { key in
            if key != last.key { last = (key, idOfKey[key] ?? 0) }
            return last.id
        }
        self.init(
            labels.size, ids: ids,
            annotation: .init(path: annotation.path, form: annotation.form, segments: segments))
    }

    private static func numbers(_ path: String, labels: LabelImage) throws -> LabelImage {
        let numbers = try ImageFile.readLabels(path)
        if numbers.size == labels.size { return numbers }
        throw DatasetError(
            "panoptic annotation",
            [.other(path, "is \(numbers.size), but its labels are \(labels.size)")],
            advice: "resize or replace one of the two")
    }

    /// Pixels of each number. Neighbours are mostly equal: one look-up for a run of them.
    static func areas<Number: Hashable>(_ numbers: [Number]) -> [Number: Int] {
        var areas: [Number: Int] = [:]
        var (start, last) = (0, numbers[0])
        for (pixel, number) in numbers.enumerated() where number != last {
            areas[last, default: 0] += pixel - start
            (start, last) = (pixel, number)
        }
        areas[last, default: 0] += numbers.count - start
        return areas
    }
}

extension LabelImage {
    /// Numbers from 1 of the parts of things that are connected over edges and corners, in the order of their first
    /// pixels; 0 elsewhere.
    fileprivate func connectedThings(_ classes: ClassTable) -> [UInt32] {
        var numbers = [UInt32](repeating: 0, count: values.count)
        var (count, open) = (UInt32(0), [Int]())
        for (start, label) in values.enumerated()
        where label < classes.count && classes.isThing[Int(label)] && numbers[start] == 0 {
            count += 1
            numbers[start] = count
            open.append(start)
            while let pixel = open.popLast() {
                let (x, y) = (pixel % width, pixel / width)
                for row in max(0, y - 1)...min(height - 1, y + 1) {
                    for column in max(0, x - 1)...min(width - 1, x + 1) {
                        let other = row * width + column
                        if values[other] == label, numbers[other] == 0 {
                            numbers[other] = count
                            open.append(other)
                        }
                    }
                }
            }
        }
        return numbers
    }
}
