import Annotations
import Testing

/// Outlines of masks.
@Suite struct MaskPolygonTests {
    private func mask(_ rows: [String]) -> RunLengthMask {
        let pixels = rows.flatMap(Array.init)
        return RunLengthMask(height: rows.count, width: rows[0].count) { pixels[$0] == "#" }
    }

    /// A ring of pixels with an island, beside pixels that touch at a corner.
    @Test func partsAndHoles() {
        let parts = MaskPolygon.parts(
            of: mask([
                "#####..",
                "#...#..",
                "#.#.#.#",
                "#...##.",
                "#####..",
            ]))
        #expect(parts.count == 3)
        #expect(
            parts[0].outline == [
                [0, 0], [5, 0], [5, 3], [6, 3], [6, 4], [5, 4], [5, 5], [0, 5],
            ])
        #expect(parts[0].holes == [[[4, 1], [1, 1], [1, 4], [4, 4]]])
        #expect(parts[1].outline == [[2, 2], [3, 2], [3, 3], [2, 3]] && parts[1].holes.isEmpty)
        #expect(parts[2].outline == [[6, 2], [7, 2], [7, 3], [6, 3]])
    }

    /// Filled again, outlines of noise and of nested rings give the mask, pixel for pixel.
    @Test(arguments: 0..<24) func outlinesGiveTheMaskBack(seed: Int) {
        let (height, width) = (5 + seed, 31 - seed)
        let mask = RunLengthMask(height: height, width: width) { pixel in
            let (x, y) = (pixel % width, pixel / width)
            return seed % 2 == 0
                ? (pixel &* (2_654_435_761 &+ seed) >> 7) % 3 != 0
                : max(abs(x - width / 2), abs(y - height / 2)) % 2 == 0
        }
        let rings = MaskPolygon.parts(of: mask).flatMap { [$0.outline] + $0.holes }
        let bits = (0..<height * width).map { pixel in
            let (x, y) = (Double(pixel % width) + 0.5, Double(pixel / width) + 0.5)
            return rings.count { isInside($0, x, y) } % 2 == 1
        }
        #expect(bits == mask.bits)
    }

    /// Whether a ray to the right crosses the ring an odd number of times.
    private func isInside(_ ring: [[Int]], _ x: Double, _ y: Double) -> Bool {
        zip(ring, ring.dropFirst() + [ring[0]]).count { from, to in
            from[0] == to[0] && Double(from[0]) > x && (Double(from[1]) > y) != (Double(to[1]) > y)
        } % 2 == 1
    }

    /// A disc needs few corners at a tolerance of a pixel, none farther than that from the full outline.
    @Test func cornersAreLeftOut() throws {
        let disc = RunLengthMask(height: 101, width: 101) { pixel in
            let (x, y) = (pixel % 101 - 50, pixel / 101 - 50)
            return x * x + y * y <= 45 * 45
        }
        let (full, few) = (MaskPolygon.parts(of: disc), MaskPolygon.parts(of: disc, tolerance: 1))
        #expect(few.count == 1 && few[0].outline.count * 4 < full[0].outline.count)
        #expect(few[0].outline.allSatisfy(full[0].outline.contains))
        let again = try RunLengthMask(
            height: 101, width: 101, polygons: [few[0].outline.joined().map(Double.init)], place: "disc")
        let shared = Double(disc.intersection(again))
        #expect(shared / (Double(disc.area + again.area) - shared) > 0.96)
    }

    @Test func nothingHasNoOutline() {
        #expect(MaskPolygon.parts(of: mask(["..", ".."]), tolerance: 1).isEmpty)
        #expect(
            MaskPolygon.parts(of: mask(["#"]), tolerance: 1).map(\.outline) == [[[0, 0], [1, 0], [1, 1], [0, 1]]])
    }
}
