extension RunLengthMask {
    /// The mask inside any of the polygons, each x0, y0, x1, y1, … in pixels, drawn the way COCO draws them
    /// (cocoapi's rleFrPoly): edges are walked on a grid five times finer, and a column's crossings are
    /// rounded up, so that areas agree with the published ones to the pixel. Throws `InputError` for a
    /// polygon of fewer than three points, or with a point a million pixels away.
    package init(height: Int, width: Int, polygons: [[Double]], place: String) throws {
        if let short = polygons.first(where: {
            $0.count < 6 || $0.count % 2 != 0 || !$0.allSatisfy { abs($0) < 1e6 }
        }) {
            throw InputError(
                place: place, what: "a polygon is damaged",
                expected: "x and y, in pixels, of at least three points",
                got: "\(short.count) numbers, \(short.prefix(2))…", advice: "draw the outline again")
        }
        let spans = polygons.flatMap { Self.spans(of: $0, height, width) }.sorted { $0.start < $1.start }
        var (counts, end) = ([0], 0)
        for span in spans where span.end > max(end, span.start) {
            if span.start > end || counts.count == 1 {
                // The first run is background, of length 0 where the mask begins with the first pixel.
                let gap = max(span.start - end, 0)
                if counts.count == 1 { counts[0] = gap } else { counts.append(gap) }
                counts.append(span.end - max(span.start, end))
            } else {
                counts[counts.count - 1] += span.end - end
            }
            end = span.end
        }
        if end < height * width {
            if counts.count == 1 { counts[0] = height * width } else { counts.append(height * width - end) }
        }
        try self.init(height: height, width: width, counts: counts, place: place)
    }

    /// Stretches of pixels inside one polygon, down the columns.
    private static func spans(
        of polygon: [Double], _ height: Int, _ width: Int
    ) -> [(start: Int, end: Int)] {
        // Pixels where inside and outside change: two at one pixel cancel out.
        var flips: [Int] = []
        for pixel in crossings(polygon, height, width).sorted() {
            if flips.last == pixel { flips.removeLast() } else { flips.append(pixel) }
        }
        if flips.count % 2 == 1 { flips.append(height * width) }
        return stride(from: 0, to: flips.count, by: 2).map { (flips[$0], flips[$0 + 1]) }
    }

    /// Column-major pixels where the outline, walked on the fine grid, enters another column.
    private static func crossings(_ polygon: [Double], _ height: Int, _ width: Int) -> [Int] {
        let scale = 5.0
        let outline = walk(polygon.map { Int(scale * $0 + 0.5) })
        var pixels: [Int] = []
        for (last, next) in zip(outline, outline.dropFirst()) where next.x != last.x {
            let left = min(last.x, next.x)
            // The middle of a pixel's column lies on the fine grid at 5 x + 2.
            let column = (Double(left) + 0.5) / scale - 0.5
            guard column == column.rounded(.down), column >= 0, column <= Double(width - 1) else { continue }
            let crossing = (Double(min(last.y, next.y)) + 0.5) / scale - 0.5
            let row = min(max(crossing, 0), Double(height)).rounded(.up)
            pixels.append(Int(column) * height + Int(row))
        }
        return pixels
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
