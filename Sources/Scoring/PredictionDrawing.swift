import Annotations
import Foundation
import Images

/// Draws what was predicted for a picture over it: segments where there are any, else labels, else instances.
package struct PredictionDrawing: Sendable {
    private let classes: ClassTable
    private let style: PictureStyle
    private let drawing: SegmentDrawing

    /// Drawings of these classes.
    package init(_ classes: ClassTable, _ style: PictureStyle) {
        self.classes = classes
        self.style = style
        drawing = SegmentDrawing(classes, opacity: style.opacity, hasNames: style.hasNames)
    }

    /// The drawing; without legend and the picture beside it of the picture's size.
    package func callAsFunction(_ prediction: ImagePrediction, over image: Image<UInt8>) -> Image<UInt8> {
        let (segments, lettering) = (segments(of: prediction), Lettering(beside: image.size))
        var result = drawing(segments, over: image, lettering)
        if style.isBesidePicture { result = .row([image, result], gap: max(4, image.width / 100)) }
        return style.hasLegend ? drawing.legend([segments], lettering).below(result) : result
    }

    private func segments(of prediction: ImagePrediction) -> NamedSegments {
        if let panoptic = prediction.panoptic { return segments(of: panoptic, prediction.size) }
        if let labels = prediction.labels {
            let names = classes.names.enumerated().map { (Int32($0.offset), $0.element) }
            return NamedSegments(
                labels: labels, numbers: labels.values.map(Int32.init), names: Dictionary(uniqueKeysWithValues: names))
        }
        return segments(of: prediction.instances ?? [], prediction.size)
    }

    private func segments(of panoptic: PanopticResult, _ size: ImageSize) -> NamedSegments {
        let none = UInt16(classes.ignoreLabel)
        var labels = [UInt16](repeating: none, count: (panoptic.segments.map(\.id).max() ?? 0) + 1)
        var names: [Int32: String] = [:]
        for segment in panoptic.segments {
            labels[segment.id] = UInt16(segment.category)
            names[Int32(segment.id)] = classes.names[segment.category]
        }
        let ofPixels = panoptic.segmentIDs.map { labels[Int($0)] }
        return NamedSegments(
            labels: LabelImage(size: size, values: ofPixels), numbers: panoptic.segmentIDs, names: names)
    }

    /// Of instances that overlap the one with the highest score is on top.
    private func segments(of instances: [PredictedInstance], _ size: ImageSize) -> NamedSegments {
        var labels = [UInt16](repeating: UInt16(classes.ignoreLabel), count: size.area)
        var (numbers, names) = ([Int32](repeating: 0, count: size.area), [Int32: String]())
        let drawn = instances.filter { $0.score >= style.leastScore }.sorted { $0.score < $1.score }
        for (index, instance) in drawn.enumerated() {
            let number = Int32(index + 1)
            for (pixel, isInside) in instance.mask.bits.enumerated() where isInside {
                labels[pixel] = UInt16(instance.category)
                numbers[pixel] = number
            }
            names[number] = classes.names[instance.category] + String(format: " %.2f", instance.score)
        }
        return NamedSegments(labels: LabelImage(size: size, values: labels), numbers: numbers, names: names)
    }
}
