import Annotations

/// What is drawn over a picture: for each pixel a class and a segment's number, which borders separate, and the
/// segments' names by their numbers; those without have none.
package struct NamedSegments: Sendable {
    package let labels: LabelImage
    /// [H * W]
    package let numbers: [Int32]
    package let names: [Int32: String]

    package init(labels: LabelImage, numbers: [Int32], names: [Int32: String]) {
        precondition(numbers.count == labels.size.area, "NamedSegments: \(numbers.count) numbers for \(labels.size)")
        self.labels = labels
        self.numbers = numbers
        self.names = names
    }
}

/// Draws segments over their picture, with their names in those that are large enough.
package struct SegmentDrawing: Sendable {
    private let classes: ClassTable
    private let overlay: OverlayRenderer
    private let hasNames: Bool

    /// Of these classes; `opacity` of the classes' colours covers the picture.
    package init(_ classes: ClassTable, opacity: Double = 0.5, hasNames: Bool = true) {
        self.classes = classes
        self.hasNames = hasNames
        overlay = OverlayRenderer(colors: classes.colors, opacity: opacity)
    }

    /// A drawing of the picture's size.
    package func callAsFunction(
        _ segments: NamedSegments, over image: Image<UInt8>, _ lettering: Lettering
    ) -> Image<UInt8> {
        let drawing = overlay.render(image, labels: segments.labels, segments: segments.numbers)
        guard hasNames else { return drawing }
        var canvas = Canvas(drawing)
        write(segments, lettering, on: &canvas)
        return canvas.image
    }

    /// What the colours mean of the classes with a pixel in any of `segments`.
    package func legend(_ segments: [NamedSegments], _ lettering: Lettering) -> Legend {
        let present = segments.reduce(into: Set<UInt16>()) { $0.formUnion($1.labels.values) }
        let numbers = present.map(Int.init).filter { $0 < classes.count }.sorted()
        return Legend(numbers.map { (classes.names[$0], overlay.colors[$0]) }, lettering)
    }

    /// Names where they fit, the largest segments' first; one that would cover another's is left out.
    private func write(_ segments: NamedSegments, _ lettering: Lettering, on canvas: inout Canvas) {
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
