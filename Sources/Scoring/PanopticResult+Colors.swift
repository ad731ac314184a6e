import Annotations

extension PanopticResult {
    /// The same segments under numbers that are colours like those of their classes, no two alike and none nearly
    /// black, as panopticapi draws them: COCO's picture of the numbers can then be looked at.
    func numberedByColor(_ classes: ClassTable) -> PanopticResult {
        var taken: Set<RGBColor> = []
        var numbers: [Int32: Int32] = [0: 0]
        let segments = segments.map { segment in
            let ofClass = classes.colors[segment.category]
            let base = ofClass.isNearlyBlack ? ofClass.lightened : ofClass
            var (color, attempt) = (base, 0)
            while color.isNearlyBlack || !taken.insert(color).inserted {
                attempt += 1
                color = base.moved(attempt)
            }
            numbers[Int32(segment.id)] = color.number
            return Segment(id: Int(color.number), isThing: segment.isThing, category: segment.category)
        }
        return PanopticResult(segmentIDs: segmentIDs.map { numbers[$0] ?? 0 }, segments: segments)
    }
}

extension RGBColor {
    /// A dark hole in a picture.
    var isNearlyBlack: Bool { max(red, green, blue) < 64 }

    /// COCO's number of the colour.
    fileprivate var number: Int32 { Int32(red) | Int32(green) << 8 | Int32(blue) << 16 }

    /// Another colour within 30 levels; consecutive attempts visit all of them.
    fileprivate func moved(_ attempt: Int) -> RGBColor {
        let side = 61
        let offset = attempt * 7919 % (side * side * side)
        func level(_ base: UInt8, _ place: Int) -> UInt8 { UInt8(clamping: Int(base) + place % side - side / 2) }
        return RGBColor(level(red, offset), level(green, offset / side), level(blue, offset / (side * side)))
    }
}
