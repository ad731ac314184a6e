import Annotations

/// An RGB picture that is drawn on. What lies outside of it is cut off.
package struct Canvas: Sendable {
    /// What has been drawn so far.
    package private(set) var image: Image<UInt8>

    /// A picture to be drawn on.
    package init(_ image: Image<UInt8>) {
        precondition(image.channels == 3, "Canvas: \(image.channels) channels")
        self.image = image
    }

    /// A ground of one colour.
    package init(_ size: ImageSize, ground: RGBColor = RGBColor(grey: 255)) {
        self.init(Image(size: size, fill: [ground.red, ground.green, ground.blue]))
    }

    /// Puts a picture with its upper left corner at (x, y).
    package mutating func draw(_ picture: Image<UInt8>, x: Int, y: Int) {
        precondition(picture.channels == 3, "Canvas: \(picture.channels) channels")
        let width = image.width
        let columns = Self.inside(x, picture.width, of: width)
        let rows = Self.inside(y, picture.height, of: image.height)
        if columns.isEmpty { return }
        image.values.withUnsafeMutableBufferPointer { pixels in
            for row in rows {
                let start = 3 * ((row - y) * picture.width + columns.lowerBound - x)
                let target = 3 * (row * width + columns.lowerBound)
                let line = picture.values[start..<start + 3 * columns.count]
                _ = pixels[target..<target + line.count].update(fromContentsOf: line)
            }
        }
    }

    /// Paints a rectangle.
    package mutating func fill(_ region: PixelRegion, _ color: RGBColor) {
        let width = image.width
        let columns = Self.inside(region.x, region.width, of: width)
        let rows = Self.inside(region.y, region.height, of: image.height)
        image.values.withUnsafeMutableBufferPointer { pixels in
            for y in rows {
                for x in columns { Self.blend(pixels, y * width + x, color, 1) }
            }
        }
    }

    /// The part of `length` positions from `start` on that lies in 0 ..< `limit`.
    private static func inside(_ start: Int, _ length: Int, of limit: Int) -> Range<Int> {
        let first = min(max(0, start), limit)
        return first..<max(first, min(limit, start + length))
    }

    /// Writes a text whose line begins at (x, y), its upper left corner; with a halo on a rim of that colour, which
    /// makes it readable on any ground.
    package mutating func write(
        _ text: String, x: Int, y: Int, _ lettering: Lettering, _ color: RGBColor = RGBColor(grey: 32),
        halo: RGBColor? = nil
    ) {
        let corner = SIMD2(Double(x), Double(y))
        let letters = lettering.layout(text).letters.map { $0.map { $0.map { $0 + corner } } }
        if let halo {
            for letter in letters { stroke(letter, reach: 2.6 * lettering.reach + 0.4, halo) }
        }
        for letter in letters { stroke(letter, reach: lettering.reach, color) }
    }

    /// Draws lines with round ends, `reach` to both sides, smooth at their edges.
    private mutating func stroke(_ lines: [[SIMD2<Double>]], reach: Double, _ color: RGBColor) {
        let points = lines.joined()
        guard let first = points.first else { return }
        let low = points.reduce(first) { pointwiseMin($0, $1) } - (reach + 1)
        let high = points.reduce(first) { pointwiseMax($0, $1) } + (reach + 1)
        let width = image.width
        let columns = Self.inside(Int(low.x), Int(high.x - low.x) + 2, of: width)
        let rows = Self.inside(Int(low.y), Int(high.y - low.y) + 2, of: image.height)
        let segments = lines.flatMap { line in
            line.count == 1 ? [(line[0], line[0])] : Array(zip(line, line.dropFirst()))
        }
        image.values.withUnsafeMutableBufferPointer { pixels in
            for y in rows {
                for x in columns {
                    let place = SIMD2(Double(x) + 0.5, Double(y) + 0.5)
                    let nearest = segments.reduce(Double.infinity) { min($0, Self.squaredDistance(place, $1)) }
                    let coverage = min(1, reach + 0.5 - nearest.squareRoot())
                    if coverage > 0 { Self.blend(pixels, y * width + x, color, coverage) }
                }
            }
        }
    }

    private static func squaredDistance(_ place: SIMD2<Double>, _ line: (SIMD2<Double>, SIMD2<Double>)) -> Double {
        let (along, from) = (line.1 - line.0, place - line.0)
        let length = (along * along).sum()
        let share = length > 0 ? min(1, max(0, (along * from).sum() / length)) : 0
        let gap = from - along * share
        return (gap * gap).sum()
    }

    private static func blend(
        _ pixels: UnsafeMutableBufferPointer<UInt8>, _ pixel: Int, _ color: RGBColor, _ share: Double
    ) {
        func mix(_ ground: UInt8, _ paint: UInt8) -> UInt8 {
            UInt8((Double(ground) + (Double(paint) - Double(ground)) * share).rounded())
        }
        pixels[3 * pixel] = mix(pixels[3 * pixel], color.red)
        pixels[3 * pixel + 1] = mix(pixels[3 * pixel + 1], color.green)
        pixels[3 * pixel + 2] = mix(pixels[3 * pixel + 2], color.blue)
    }
}
