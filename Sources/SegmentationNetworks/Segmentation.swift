import Annotations
import Images
import Scoring

/// What a network found in a picture, at the picture's size. What the configuration does not ask for is nil or empty
/// (`MODEL.MASK_FORMER.TEST.SEMANTIC_ON`, `PANOPTIC_ON`, `INSTANCE_ON`).
public struct Segmentation: Sendable {
    /// Columns of the picture.
    public let width: Int
    /// Rows of the picture.
    public let height: Int
    /// The class of each pixel.
    public let labels: LabelMap?
    /// The classes that pixels have, by number, each with its pixels.
    public let classes: [Region]
    /// The panoptic segment of each pixel, from 1; 0 is none.
    public let segmentMap: LabelMap?
    /// The panoptic segments by number: one a class of stuff, one an object of things.
    public let segments: [Region]
    /// The objects, which may overlap, the surest first.
    public let instances: [Region]
    /// What they are drawn in.
    private let colors: [RGBColor]

    init(_ prediction: ImagePrediction, _ kinds: [SegmentationClass]) {
        (width, height) = (prediction.size.width, prediction.size.height)
        colors = kinds.map { RGBColor($0.red, $0.green, $0.blue) }
        func areas(_ map: LabelMap?) -> [Int] {
            var areas = [Int](repeating: 0, count: 1 << 16)
            for value in map?.values ?? [] { areas[Int(value)] += 1 }
            return areas
        }
        let labels = prediction.labels.map { LabelMap($0) }
        let classAreas = areas(labels)
        classes = kinds.compactMap { kind in
            guard let labels, classAreas[kind.number] > 0 else { return nil }
            return Region(kind, number: kind.number, area: classAreas[kind.number], in: labels)
        }
        let map = prediction.panoptic.map { panoptic in
            LabelMap(LabelImage(size: prediction.size, values: panoptic.segmentIDs.map { UInt16($0) }))
        }
        let segmentAreas = areas(map)
        segments = (prediction.panoptic?.segments ?? []).compactMap { segment in
            map.map { Region(kinds[segment.category], number: segment.id, area: segmentAreas[segment.id], in: $0) }
        }
        instances = (prediction.instances ?? []).sorted { $0.score > $1.score }.enumerated().map { place, instance in
            Region(kinds[instance.category], number: place, score: instance.score, instance.mask)
        }
        (self.labels, segmentMap) = (labels, map)
    }

    /// The picture with what was found over it in colours: segments where there are any, else classes, else the
    /// instances of a score of 0.5 and more. Throws `SegmentationError` for a picture of another size.
    public func overlay(on picture: Picture) throws -> Picture {
        guard picture.width == width, picture.height == height else {
            throw SegmentationError(
                place: "overlay", what: "the picture has another size", expected: "\(width) × \(height)",
                got: "\(picture.width) × \(picture.height)", advice: "give the picture that was segmented")
        }
        let renderer = OverlayRenderer(colors: colors)
        if segmentMap == nil, let labels { return Picture(renderer.render(picture.image, labels: labels.image)) }
        var (kinds, numbers) = (
            [UInt16](repeating: .max, count: width * height), [Int32](repeating: 0, count: width * height)
        )
        let drawn = segments.isEmpty ? instances.filter { $0.score ?? 0 >= 0.5 }.reversed() : segments
        for (number, region) in drawn.enumerated() {
            for (pixel, isInside) in region.mask.pixels.enumerated() where isInside {
                kinds[pixel] = UInt16(region.segmentationClass.number)
                numbers[pixel] = Int32(number + 1)
            }
        }
        let labels = LabelImage(size: picture.image.size, values: kinds)
        return Picture(renderer.render(picture.image, labels: labels, segments: numbers))
    }
}
