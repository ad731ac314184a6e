/// Places for the names of points, so that no name stands on another or on a point.
package struct PlotLabels {
    /// Where a name stands, in pixels.
    package struct Box: Equatable {
        /// Left and upper edge.
        package let x, y: Double
        package let width: Double
        static let height = 14.0

        var baseline: Double { y + 11 }

        /// Where a line from the point at (`fromX`, `fromY`) to the name ends; nil where the name stands beside the
        /// point.
        func leader(from fromX: Double, _ fromY: Double) -> (Double, Double)? {
            let (toX, toY) = (min(max(fromX, x), x + width), min(max(fromY, y), y + Self.height))
            return abs(toX - fromX) + abs(toY - fromY) > 12 ? (toX, toY) : nil
        }

        package func meets(_ other: Box) -> Bool {
            x < other.x + other.width && other.x < x + width && y < other.y + Self.height && other.y < y + Self.height
        }
    }

    /// One a point.
    package let boxes: [Box]

    /// Names are set from above to below, each at the free place that is nearest to its point, within the edges.
    package init(
        _ points: [(name: String, x: Double, y: Double)], left: Double, right: Double, top: Double, bottom: Double
    ) {
        var taken = points.map { Box(x: $0.x - 5, y: $0.y - 7, width: 10) }
        var boxes = taken
        for index in points.indices.sorted(by: { points[$0].y < points[$1].y }) {
            let point = points[index]
            // A letter of 12 pixels is about 6.9 wide.
            let width = 6.9 * Double(point.name.count)
            let sides = [point.x + 8, point.x - 8 - width, point.x - width / 2].map {
                min(max($0, left + 2), right - 2 - width)
            }
            let shifts = [0.0] + (1...40).flatMap { [-7 * Double($0), 7 * Double($0)] }
            let candidates = shifts.flatMap { shift in sides.map { Box(x: $0, y: point.y - 7 + shift, width: width) } }
            let free = candidates.first { box in
                box.y >= top && box.y + Box.height <= bottom && !taken.contains(where: box.meets)
            }
            boxes[index] = free ?? candidates[0]
            taken.append(boxes[index])
        }
        self.boxes = boxes
    }
}
