extension RunLengthMask {
    /// The mask inside any of the polygons, each x0, y0, x1, y1, … in pixels, drawn the way COCO draws them
    /// (cocoapi's rleFrPoly): edges are walked on a grid five times finer, and a column's crossings are
    /// rounded up, so that areas agree with the published ones to the pixel. Throws `MaskError` for a
    /// polygon of fewer than three points, or with a point a million pixels away.
    package init(height: Int, width: Int, polygons: [[Double]], place: String) throws {
        if let short = polygons.first(where: {
            $0.count < 6 || $0.count % 2 != 0 || !$0.allSatisfy { abs($0) < 1e6 }
        }) {
            throw MaskError(
                place: place, what: "a polygon is damaged",
                expected: "x and y, in pixels, of at least three points",
                got: "\(short.count) numbers, \(short.prefix(2))…", advice: "draw the outline again")
        }
        let masks = polygons.map { Self.bits(of: $0, height, width) }
        self.init(height: height, width: width) { pixel in masks.contains { $0[pixel] } }
    }

    /// Row-major bits of one polygon.
    private static func bits(of polygon: [Double], _ height: Int, _ width: Int) -> [Bool] {
        // Places down the columns where inside and outside change.
        var flips = [Int](repeating: 0, count: height * width + 1)
        for place in crossings(polygon, height, width) { flips[place] += 1 }
        var bits = [Bool](repeating: false, count: height * width)
        var isInside = false
        for place in 0..<height * width {
            if flips[place] % 2 == 1 { isInside.toggle() }
            bits[place % height * width + place / height] = isInside
        }
        return bits
    }

    /// Column-major places where the outline, walked on the fine grid, enters another column.
    private static func crossings(_ polygon: [Double], _ height: Int, _ width: Int) -> [Int] {
        let scale = 5.0
        let outline = walk(polygon.map { Int(scale * $0 + 0.5) })
        var places: [Int] = []
        for (last, next) in zip(outline, outline.dropFirst()) where next.x != last.x {
            let left = min(last.x, next.x)
            // The middle of a pixel's column lies on the fine grid at 5 x + 2.
            let column = (Double(left) + 0.5) / scale - 0.5
            guard column == column.rounded(.down), column >= 0, column <= Double(width - 1) else { continue }
            let crossing = (Double(min(last.y, next.y)) + 0.5) / scale - 0.5
            let row = min(max(crossing, 0), Double(height)).rounded(.up)
            places.append(Int(column) * height + Int(row))
        }
        return places
    }

    /// All points of the fine grid along the closed outline: one step at a time in the longer direction.
    private static func walk(_ corners: [Int]) -> [(x: Int, y: Int)] {
        let count = corners.count / 2
        return (0..<count).flatMap { index -> [(x: Int, y: Int)] in
            let next = (index + 1) % count
            let (startX, startY) = (corners[2 * index], corners[2 * index + 1])
            let (endX, endY) = (corners[2 * next], corners[2 * next + 1])
            let (spanX, spanY) = (abs(endX - startX), abs(endY - startY))
            let isWide = spanX >= spanY
            // Walked upwards in the longer direction, so that both directions give the same points.
            let isReversed = isWide ? startX > endX : startY > endY
            let (fromX, fromY) = isReversed ? (endX, endY) : (startX, startY)
            let (toX, toY) = isReversed ? (startX, startY) : (endX, endY)
            let steps = max(spanX, spanY)
            let slope = steps == 0 ? 0 : Double(isWide ? toY - fromY : toX - fromX) / Double(steps)
            return (0...steps).map { step in
                let along = isReversed ? steps - step : step
                let aside = Int(Double(isWide ? fromY : fromX) + slope * Double(along) + 0.5)
                return isWide ? (along + fromX, aside) : (aside, along + fromY)
            }
        }
    }
}
