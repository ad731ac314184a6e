// Targets at points: a segment's mask is read bilinearly off its layer of the segment map, as grid_sample reads the
// binary mask (zeros outside, align_corners false), and no mask is ever made.
import Annotations
import CKernels
import Tensors

/// All segments of one image at the points [1, P, 2]: [P, segments], the part of each segment around each point.
package func segmentsAtPoints(_ targets: MaskTargets, canvas: ImageSize, points: Tensor) -> Tensor {
    let segmentCount = targets.classes.count
    let count = points.count / 2
    let result = Tensor(zeros: [count, segmentCount])
    let coordinates = points.data
    for layer in targets.layers {
        layer.withUnsafeBufferPointer { map in
            let reader = SegmentReader(map: map, targets: targets, canvas: canvas)
            parallelRows(count, grain: 2048) { range in
                for p in range {
                    let row = result.data + p * segmentCount
                    let corners = reader.corners(coordinates[2 * p], coordinates[2 * p + 1])
                    for i in 0..<4 where corners.segments[i] >= 0 {
                        row[Int(corners.segments[i])] += corners.weights[i]
                    }
                }
            }
        }
    }
    return result
}

/// The given segments of one image, each at its own points: writes row `rows[i]` of `result` [R, P], which is
/// `segments[i]` at row `rows[i]` of `points` [R, P, 2].
package func segmentsAtOwnPoints(
    _ targets: MaskTargets, canvas: ImageSize, segments: [Int], rows: [Int], points: Tensor, into result: Tensor
) {
    let count = result.shape[1]
    for (number, layer) in targets.layers.enumerated() {
        let chosen = segments.indices.filter { targets.layerOfSegment[segments[$0]] == number }
        layer.withUnsafeBufferPointer { segmentMap in
            var map = pk_segment_map(
                segments: segmentMap.baseAddress, height: targets.height, width: targets.width,
                canvas_height: canvas.height, canvas_width: canvas.width)
            withUnsafePointer(to: &map) { map in
                parallelFor(chosen.count) { place in
                    let index = chosen[place]
                    pk_segment_sample(
                        map, Int32(segments[index]), points.data + rows[index] * count * 2, count,
                        result.data + rows[index] * count)
                }
            }
        }
    }
}

/// Reads the four pixels around a point.
private struct SegmentReader {
    let map: UnsafeBufferPointer<Int32>
    let height: Int32
    let width: Int32
    let scaleX: Float
    let scaleY: Float

    init(map: UnsafeBufferPointer<Int32>, targets: MaskTargets, canvas: ImageSize) {
        precondition(
            targets.height <= canvas.height && targets.width <= canvas.width,
            "targets of \(targets.height)×\(targets.width) on a canvas of \(canvas.height)×\(canvas.width)")
        self.map = map
        height = Int32(targets.height)
        width = Int32(targets.width)
        scaleX = Float(canvas.width)
        scaleY = Float(canvas.height)
    }

    /// Segments and weights of the pixels around (x, y) in [0, 1]²; outside the image there is no segment.
    @inline(__always)
    func corners(_ x: Float, _ y: Float) -> (segments: SIMD4<Int32>, weights: SIMD4<Float>) {
        let (column, row) = (x * scaleX - 0.5, y * scaleY - 0.5)
        // Shifted by one, so that cutting off rounds down.
        let (left, top) = (Int32(column + 1) - 1, Int32(row + 1) - 1)
        let (right, bottom) = (column - Float(left), row - Float(top))
        return (
            SIMD4(pixel(top, left), pixel(top, left + 1), pixel(top + 1, left), pixel(top + 1, left + 1)),
            SIMD4((1 - bottom) * (1 - right), (1 - bottom) * right, bottom * (1 - right), bottom * right)
        )
    }

    @inline(__always)
    private func pixel(_ row: Int32, _ column: Int32) -> Int32 {
        guard row >= 0, column >= 0, row < height, column < width else { return -1 }
        return map[Int(row) * Int(width) + Int(column)]
    }
}
