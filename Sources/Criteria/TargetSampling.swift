// Targets at points: a segment's mask is read bilinearly off its layer of the segment map, as grid_sample reads the
// binary mask (zeros outside, align_corners false), and no mask is ever made.
import Annotations
import CKernels
import Tensors

/// All segments of one image at the points [P, 2]: [P, segments], the part of each segment around each point.
package func segmentsAtPoints(_ targets: MaskTargets, canvas: ImageSize, points: Tensor) -> Tensor {
    let (count, segments) = (points.count / 2, targets.classes.count)
    let result = Tensor(zeros: [count, segments])
    for layer in targets.layers {
        withSegmentMap(layer, of: targets, on: canvas) { map in
            parallelRows(count, grain: 2048) { range in
                let first = range.lowerBound
                pk_segments_sample(
                    map, points.data + 2 * first, range.count, segments, result.data + first * segments)
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
        withSegmentMap(layer, of: targets, on: canvas) { map in
            parallelFor(chosen.count) { place in
                let (row, segment) = (rows[chosen[place]], segments[chosen[place]])
                pk_segment_sample(
                    map, Int32(segment), points.data + row * count * 2, count, result.data + row * count)
            }
        }
    }
}

/// Calls `body` with the kernels' view of a layer [H · W] of the targets.
private func withSegmentMap(
    _ layer: [Int32], of targets: MaskTargets, on canvas: ImageSize, _ body: (UnsafePointer<pk_segment_map>) -> Void
) {
    precondition(
        targets.height <= canvas.height && targets.width <= canvas.width,
        "targets of \(targets.height)×\(targets.width) on a canvas of \(canvas.height)×\(canvas.width)")
    layer.withUnsafeBufferPointer { layer in
        var map = pk_segment_map(
            segments: layer.baseAddress, height: targets.height, width: targets.width, canvas_height: canvas.height,
            canvas_width: canvas.width)
        withUnsafePointer(to: &map, body)
    }
}
