import Annotations
import Images

/// Draws what was predicted for a picture over it: segments where there are any, else labels, else instances.
package struct PredictionDrawing: Sendable {
    /// What is drawn of a prediction: for each pixel a class and a segment, which the borders separate.
    private struct Segments {
        var labels: LabelImage
        /// [H * W]: the segments' numbers.
        var numbers: [Int32]
        /// Names by the segments' numbers; those without have none.
        var names: [Int32: String]
    }

    private let classes: ClassTable
    private let style: PictureStyle
    private let overlay: OverlayRenderer

    /// Drawings of these classes.
    package init(_ classes: ClassTable, _ style: PictureStyle) {
        self.classes = classes
        self.style = style
        overlay = OverlayRenderer(colors: classes.colors, opacity: style.opacity)
    }

    /// The drawing; without legend and the picture beside it of the picture's size.
    package func callAsFunction(_ prediction: ImagePrediction, over image: Image<UInt8>) -> Image<UInt8> {
        let segments = segments(of: prediction)
        let lettering = Lettering(beside: image.size)
        var drawing = overlay.render(image, labels: segments.labels, segments: segments.numbers)
        if style.hasNames {
            var canvas = Canvas(drawing)
            write(segments, lettering, on: &canvas)
            drawing = canvas.image
        }
        if style.isBesidePicture { drawing = .row([image, drawing], gap: max(4, image.width / 100)) }
        guard style.hasLegend else { return drawing }
        let present = Set(segments.labels.values).map(Int.init).filter { $0 < classes.count }.sorted()
        return Legend(present, of: classes, overlay, lettering).below(drawing)
    }

    private func segments(of prediction: ImagePrediction) -> Segments {
        if let panoptic = prediction.panoptic { return segments(of: panoptic, prediction.size) }
        if let labels = prediction.labels {
            let names = classes.names.enumerated().map { (Int32($0.offset), $0.element) }
            return Segments(
                labels: labels, numbers: labels.values.map(Int32.init),
                names: Dictionary(uniqueKeysWithValues: names))
        }
        return segments(of: prediction.instances ?? [], prediction.size)
    }

    private func segments(of panoptic: PanopticResult, _ size: ImageSize) -> Segments {
        var labels = [UInt16](
            repeating: UInt16(classes.ignoreLabel), count: (panoptic.segments.map(\.id).max() ?? 0) + 1)
        var names: [Int32: String] = [:]
        for segment in panoptic.segments {
            labels[segment.id] = UInt16(segment.category)
            names[Int32(segment.id)] = classes.names[segment.category]
        }
        let ofPixels = panoptic.segmentIDs.map { labels[Int($0)] }
        return Segments(
            labels: LabelImage(size: size, values: ofPixels), numbers: panoptic.segmentIDs, names: names)
    }

    /// Of instances that overlap the one with the highest score is on top.
    private func segments(of instances: [PredictedInstance], _ size: ImageSize) -> Segments {
        var labels = [UInt16](repeating: UInt16(classes.ignoreLabel), count: size.area)
        var (numbers, names) = ([Int32](repeating: 0, count: size.area), [Int32: String]())
        let drawn = instances.filter { $0.score >= style.leastScore }.sorted { $0.score < $1.score }
        for (index, instance) in drawn.enumerated() {
            let number = Int32(index + 1)
            for (pixel, isInside) in instance.mask.bits.enumerated() where isInside {
                labels[pixel] = UInt16(instance.category)
                numbers[pixel] = number
            }
            let hundredths = Int((instance.score * 100).rounded())
            names[number] =
                classes.names[instance.category]
                + (hundredths < 100 ? " 0.\(hundredths / 10)\(hundredths % 10)" : " 1.00")
        }
        return Segments(labels: LabelImage(size: size, values: labels), numbers: numbers, names: names)
    }

    /// Names where they fit, the largest segments' first; one that would cover another's is left out.
    private func write(_ segments: Segments, _ lettering: Lettering, on canvas: inout Canvas) {
        let (size, height) = (canvas.image.size, lettering.lineHeight)
        var taken: [PixelRegion] = []
        for point in InnerPoints(segments.numbers, size: size).points {
            guard let name = segments.names[point.number], 2 * point.depth > height else { continue }
            let width = lettering.width(of: name)
            let place = PixelRegion(
                x: min(max(0, point.x - width / 2), max(0, size.width - width)),
                y: min(max(0, point.y - height / 2), max(0, size.height - height)), width: width, height: height)
            if taken.contains(where: place.touches) { continue }
            taken.append(place)
            canvas.write(name, x: place.x, y: place.y, lettering, RGBColor(grey: 255), halo: RGBColor(grey: 24))
        }
    }
}

extension PixelRegion {
    fileprivate func touches(_ other: PixelRegion) -> Bool {
        x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
    }
}
