import Annotations

/// For each region of a map of numbers the point that is farthest from its edge, where a name fits best.
package struct InnerPoints: Sendable {
    /// A point inside of a region.
    package struct Point: Sendable, Equatable {
        /// The region's number.
        package let number: Int32
        package let x, y: Int
        /// Steps to the nearest pixel of another region or the map's edge, up, down, left or right at a time.
        package let depth: Int
    }

    /// One a number that occurs, the deepest first, of equals the first in reading order.
    package let points: [Point]

    /// Of `numbers` [H * W].
    package init(_ numbers: [Int32], size: ImageSize) {
        precondition(numbers.count == size.area, "InnerPoints: \(numbers.count) numbers for \(size)")
        let depths = Self.depths(numbers, size)
        var deepest: [Int32: Int] = [:]
        for pixel in numbers.indices {
            let number = numbers[pixel]
            if let known = deepest[number], depths[known] >= depths[pixel] { continue }
            deepest[number] = pixel
        }
        points = deepest.map { number, pixel in
            Point(number: number, x: pixel % size.width, y: pixel / size.width, depth: Int(depths[pixel]))
        }.sorted { ($1.depth, $0.y, $0.x) < ($0.depth, $1.y, $1.x) }
    }

    /// City-block distances by two passes, down from the upper left and up from the lower right.
    private static func depths(_ numbers: [Int32], _ size: ImageSize) -> [Int32] {
        var depths = [Int32](repeating: 1, count: size.area)
        func pass(_ pixels: some Sequence<Int>, _ step: Int) {
            for pixel in pixels {
                let (x, y) = (pixel % size.width, pixel / size.width)
                let (besideX, besideY) = (x + step, y + step)
                func depth(_ neighbour: Int, isInside: Bool) -> Int32 {
                    isInside && numbers[neighbour] == numbers[pixel] ? depths[neighbour] : 0
                }
                let nearest = min(
                    depth(pixel + step, isInside: besideX >= 0 && besideX < size.width),
                    depth(pixel + step * size.width, isInside: besideY >= 0 && besideY < size.height))
                depths[pixel] = step < 0 ? nearest + 1 : min(depths[pixel], nearest + 1)
            }
        }
        pass(0..<size.area, -1)
        pass((0..<size.area).reversed(), 1)
        return depths
    }
}
