import Images

/// A rectangle that polygons are cut to, edge by edge (Sutherland and Hodgman 1974).
struct PolygonWindow {
    private let region: PixelRegion

    init(_ region: PixelRegion) { self.region = region }

    /// The part inside of a polygon x0, y0, x1, y1, …, relative to the window's upper left; nil where that has
    /// no area. Parts of a concave polygon stay connected by edges along the border, which draw nothing.
    func cut(_ polygon: [Double]) -> [Double]? {
        let (left, top) = (Double(region.x), Double(region.y))
        let (width, height) = (Double(region.width), Double(region.height))
        var points = stride(from: 0, to: polygon.count - 1, by: 2).map {
            SIMD2(polygon[$0] - left, polygon[$0 + 1] - top)
        }
        for (axis, limit, keepsGreater) in [(0, 0, true), (0, width, false), (1, 0, true), (1, height, false)] {
            points = Self.cut(points, axis, at: limit, keepsGreater: keepsGreater)
        }
        var doubledArea = 0.0
        for (index, point) in points.enumerated() {
            let next = points[(index + 1) % points.count]
            doubledArea += point.x * next.y - next.x * point.y
        }
        return abs(doubledArea) > 1e-9 ? points.flatMap { [$0.x, $0.y] } : nil
    }

    private static func cut(
        _ points: [SIMD2<Double>], _ axis: Int, at limit: Double, keepsGreater: Bool
    ) -> [SIMD2<Double>] {
        func isInside(_ point: SIMD2<Double>) -> Bool {
            keepsGreater ? point[axis] >= limit : point[axis] <= limit
        }
        var kept: [SIMD2<Double>] = []
        for (index, point) in points.enumerated() {
            let last = points[index == 0 ? points.count - 1 : index - 1]
            if isInside(point) != isInside(last) {
                var crossing = last + (point - last) * ((limit - last[axis]) / (point[axis] - last[axis]))
                crossing[axis] = limit
                kept.append(crossing)
            }
            if isInside(point) { kept.append(point) }
        }
        return kept
    }
}
