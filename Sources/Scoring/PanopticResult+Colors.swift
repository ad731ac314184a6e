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
            let number = base.unused(in: &taken) { !$0.isNearlyBlack }.number
            numbers[Int32(segment.id)] = Int32(number)
            return Segment(id: number, isThing: segment.isThing, category: segment.category)
        }
        return PanopticResult(segmentIDs: segmentIDs.map { numbers[$0] ?? 0 }, segments: segments)
    }
}

extension RGBColor {
    /// A dark hole in a picture.
    var isNearlyBlack: Bool { max(red, green, blue) < 64 }
}
