import Annotations

/// Shows a label map over its image: each class in its colour, thin borders between segments. Dark colours are
/// lightened, since over an image they would look like shadows; specks have no borders, which would hide them.
package struct OverlayRenderer: Sendable {
    /// The colour of each class number, lightened where it is dark; numbers beyond (the ignore label) leave the image
    /// as it is.
    package let colors: [RGBColor]
    /// Regions of fewer pixels have no border.
    private static let leastBordered = 100
    /// Colours of less luma are lightened.
    private static let leastLuma = 80
    /// Borders on colours of this luma or more are dark.
    private static let brightLuma = 140

    /// How much of the class colour covers the image, 0...1.
    package let opacity: Double
    /// Whether segments are outlined: white on dark ground, dark on bright ground.
    package let drawsBorders: Bool

    /// A colour a class; `opacity` of the colour over the image is in 0…1.
    package init(colors: [RGBColor], opacity: Double = 0.5, drawsBorders: Bool = true) {
        precondition((0...1).contains(opacity), "OverlayRenderer: opacity \(opacity)")
        self.colors = colors.map { $0.luma < Self.leastLuma ? $0.lightened : $0 }
        self.opacity = opacity
        self.drawsBorders = drawsBorders
    }

    /// The image with the labels over it; both of one size. Borders are drawn between `segments` [H * W], where
    /// things of one class are told apart; without them between the labels.
    package func render(_ image: Image<UInt8>, labels: LabelImage, segments: [Int32]? = nil) -> Image<UInt8> {
        let segments = segments ?? labels.values.map(Int32.init)
        precondition(segments.count == labels.values.count, "OverlayRenderer: \(segments.count) segments")
        let areas = drawsBorders ? RegionAreas(segments, width: image.width) : nil
        precondition(
            image.size == labels.size && image.channels == 3 && labels.channels == 1,
            "OverlayRenderer: image \(image.size), labels \(labels.size)")
        let share = Int((opacity * 256).rounded())
        let width = image.width
        // One pixel for every 512 of the shorter side, at least one.
        let thickness = max(1, min(width, image.height) / 512)
        let pixels = [UInt8](unsafeUninitializedCapacity: image.values.count) { target, count in
            image.values.withUnsafeBufferPointer { source in
                segments.withUnsafeBufferPointer { segments in
                    for (pixel, label) in labels.values.enumerated() {
                        var color = RGBColor(source[3 * pixel], source[3 * pixel + 1], source[3 * pixel + 2])
                        if label < colors.count { color = Self.blend(color, colors[Int(label)], share: share) }
                        if let areas,
                            let other = Self.neighbour(segments, areas, pixel, width: width, reach: thickness)
                        {
                            color = borderColor(between: label, labels.values[other], on: color)
                        }
                        target.initializeElement(at: 3 * pixel, to: color.red)
                        target.initializeElement(at: 3 * pixel + 1, to: color.green)
                        target.initializeElement(at: 3 * pixel + 2, to: color.blue)
                    }
                }
            }
            count = image.values.count
        }
        return Image(size: image.size, channels: 3, values: pixels)
    }

    private static func blend(_ ground: RGBColor, _ paint: RGBColor, share: Int) -> RGBColor {
        func mix(_ ground: UInt8, _ paint: UInt8) -> UInt8 {
            UInt8((Int(ground) * (256 - share) + Int(paint) * share + 128) >> 8)
        }
        return RGBColor(
            mix(ground.red, paint.red), mix(ground.green, paint.green), mix(ground.blue, paint.blue))
    }

    /// The first pixel of another segment that begins within `reach` pixels to the right or below, where neither is a
    /// speck.
    private static func neighbour(
        _ segments: UnsafeBufferPointer<Int32>, _ areas: RegionAreas, _ pixel: Int, width: Int, reach: Int
    ) -> Int? {
        let segment = segments[pixel]
        let columnsLeft = width - 1 - pixel % width
        func isOther(_ neighbour: Int) -> Bool {
            segments[neighbour] != segment && areas[neighbour] >= leastBordered && areas[pixel] >= leastBordered
        }
        for step in 1...reach {
            if step <= columnsLeft && isOther(pixel + step) { return pixel + step }
            if pixel + step * width < segments.count && isOther(pixel + step * width) { return pixel + step * width }
        }
        return nil
    }

    /// By the colours of both classes, so that a border is of one colour all along; on the image itself by what is
    /// there.
    private func borderColor(between label: UInt16, _ other: UInt16, on ground: RGBColor) -> RGBColor {
        let painted = [label, other].compactMap { $0 < colors.count ? colors[Int($0)].luma : nil }
        let luma = painted.isEmpty ? ground.luma : painted.reduce(0, +) / painted.count
        return luma < Self.brightLuma ? RGBColor(grey: 255) : RGBColor(grey: 24)
    }
}
