/// The outline of a connected part of a mask along the edges of its pixels, in pixels from the upper left corner:
/// filled, without the holes, it gives the part back.
package struct MaskPolygon: Sendable, Equatable, Codable {
    /// Corners, clockwise as seen.
    package private(set) var outline: [[Int]]
    /// Corners of each hole, counterclockwise.
    package private(set) var holes: [[[Int]]]

    /// The parts of a mask in reading order; pixels that touch at a corner alone are not connected. Corners that lie
    /// within `tolerance` pixels of the line without them are left out (Douglas and Peucker, "Algorithms for the
    /// reduction of the number of points", 1973); 0 keeps each.
    package static func parts(of mask: RunLengthMask, tolerance: Double = 0) -> [MaskPolygon] {
        var outlines = Outlines(mask)
        return outlines.polygons().map { polygon in
            MaskPolygon(
                outline: simplified(polygon.outline, tolerance), holes: polygon.holes.map { simplified($0, tolerance) })
        }
    }

    /// A closed line with fewer corners; three at least.
    private static func simplified(_ ring: [[Int]], _ tolerance: Double) -> [[Int]] {
        guard tolerance > 0, ring.count > 4 else { return ring }
        func distance(_ from: Int, _ to: Int) -> Int {
            let (x, y) = (ring[to][0] - ring[from][0], ring[to][1] - ring[from][1])
            return x * x + y * y
        }
        // The two ends of the line: the first corner and the one farthest from it.
        let far = ring.indices.max { distance(0, $0) < distance(0, $1) } ?? 0
        let closed = ring + [ring[0]]
        var kept = [Bool](repeating: false, count: closed.count)
        (kept[0], kept[far], kept[closed.count - 1]) = (true, true, true)
        var stretches = [(0, far), (far, closed.count - 1)]
        while let (start, end) = stretches.popLast() {
            guard end - start > 1 else { continue }
            let gaps = (start + 1..<end).map { gap(closed[$0], closed[start], closed[end]) }
            guard let (offset, most) = gaps.enumerated().max(by: { $0.element < $1.element }), most > tolerance
            else { continue }
            let corner = start + 1 + offset
            kept[corner] = true
            stretches += [(start, corner), (corner, end)]
        }
        let result = ring.indices.filter { kept[$0] }.map { ring[$0] }
        return result.count > 2 ? result : ring
    }

    /// How far a point is from the line between two others.
    private static func gap(_ point: [Int], _ start: [Int], _ end: [Int]) -> Double {
        let (x, y) = (Double(end[0] - start[0]), Double(end[1] - start[1]))
        let (fromX, fromY) = (Double(point[0] - start[0]), Double(point[1] - start[1]))
        let length = (x * x + y * y).squareRoot()
        return length == 0 ? (fromX * fromX + fromY * fromY).squareRoot() : abs(x * fromY - y * fromX) / length
    }
}

/// Follows the edges between the pixels of a mask and what is around.
private struct Outlines {
    /// Where an edge leads, the pixels inside on its right.
    private enum Side: Int {
        case right, down, left, up

        var step: (x: Int, y: Int) { [(1, 0), (0, 1), (-1, 0), (0, -1)][rawValue] }
        func turned(_ quarters: Int) -> Side { Side(rawValue: (rawValue + quarters) & 3) ?? self }
    }

    private let mask: RunLengthMask
    private let bits: [Bool]
    /// The polygon of each pixel whose left edge was followed. [H * W], -1: none.
    private var owners: [Int]

    init(_ mask: RunLengthMask) {
        self.mask = mask
        bits = mask.bits
        owners = [Int](repeating: -1, count: bits.count)
    }

    mutating func polygons() -> [MaskPolygon] {
        var found: [(outline: [[Int]], holes: [[[Int]]])] = []
        for pixel in bits.indices where bits[pixel] && owners[pixel] < 0 {
            let (x, y) = (pixel % mask.width, pixel / mask.width)
            if isInside(x - 1, y) { continue }
            let ring = ring(upTheLeftOf: x, y)
            var owner = found.count
            if ring.isOutline {
                found.append((ring.corners, []))
            } else {
                // A hole is met in its upper row, where the pixel on its other side is of a part that is known.
                owner = self.owner(leftOf: x, y)
                found[owner].holes.append(ring.corners)
            }
            for edge in ring.leftEdges { owners[edge] = owner }
        }
        return found.map { MaskPolygon(outline: $0.outline, holes: $0.holes) }
    }

    private func isInside(_ x: Int, _ y: Int) -> Bool {
        x >= 0 && y >= 0 && x < mask.width && y < mask.height && bits[y * mask.width + x]
    }

    /// The polygon of the nearest pixel inside on the left.
    private func owner(leftOf x: Int, _ y: Int) -> Int {
        var column = x - 1
        while !isInside(column, y) { column -= 1 }
        while isInside(column - 1, y) { column -= 1 }
        return owners[y * mask.width + column]
    }

    /// The ring that goes up the left edge of pixel (x, y): its corners, the pixels whose left edges it has, and
    /// whether its inside lies within.
    private func ring(upTheLeftOf x: Int, _ y: Int) -> (corners: [[Int]], leftEdges: [Int], isOutline: Bool) {
        let start = (x: x, y: y + 1)
        var (place, side, corners, leftEdges, area) = (start, Side.up, [[Int]](), [Int](), 0)
        repeat {
            if side == .up { leftEdges.append((place.y - 1) * mask.width + place.x) }
            let end = (x: place.x + side.step.x, y: place.y + side.step.y)
            area += place.x * end.y - end.x * place.y
            place = end
            // To the right where it can: pixels that touch at a corner alone are apart.
            let next = [1, 0, 3].map(side.turned).first { isEdge(place.x, place.y, $0) } ?? side
            if next != side { corners.append([place.x, place.y]) }
            side = next
        } while place != start || side != .up
        return (corners, leftEdges, area > 0)
    }

    /// Whether the line from corner (x, y) to a side has pixels inside on its right alone.
    private func isEdge(_ x: Int, _ y: Int, _ side: Side) -> Bool {
        let (right, left): ((Int, Int), (Int, Int)) =
            switch side {
            case .right: ((x, y), (x, y - 1))
            case .down: ((x - 1, y), (x, y))
            case .left: ((x - 1, y - 1), (x - 1, y))
            case .up: ((x, y - 1), (x - 1, y - 1))
            }
        return isInside(right.0, right.1) && !isInside(left.0, left.1)
    }
}
