import Annotations

/// A part of a picture that was found: all pixels of a class, a panoptic segment, or an object.
public struct Region: Sendable {
    /// What holds the pixels.
    private enum Pixels: Sendable {
        case number(Int, in: LabelMap)
        case mask(RunLengthMask)
    }

    /// What it is.
    public let segmentationClass: SegmentationClass
    /// Its number in the map that it is of: its class's in `Segmentation.labels`, its own in
    /// `Segmentation.segmentMap`; an instance's place in the list.
    public let number: Int
    /// How sure the network is of an instance, from 0 to 1; nil of other regions.
    public let score: Float?
    /// How many pixels it has.
    public let area: Int
    private let pixels: Pixels

    init(_ kind: SegmentationClass, number: Int, area: Int, in map: LabelMap) {
        (segmentationClass, self.number, score, self.area) = (kind, number, nil, area)
        pixels = .number(number, in: map)
    }

    init(_ kind: SegmentationClass, number: Int, score: Float, _ mask: RunLengthMask) {
        (segmentationClass, self.number, self.score, area) = (kind, number, score, mask.area)
        pixels = .mask(mask)
    }

    /// Its pixels, made when they are asked for.
    public var mask: Mask {
        switch pixels {
        case .mask(let mask): return Mask(mask)
        case .number(let number, let map):
            let values = map.values
            return Mask(RunLengthMask(height: map.height, width: map.width) { Int(values[$0]) == number })
        }
    }
}
