import Annotations
import Autodiff
import CKernels
import Tensors

/// How much of the pixels that are a query's by the arg-max over the queries is its panoptic segment.
package enum SegmentExtent: Sendable {
    /// Those in its mask, where its probability is one half at least (Mask2Former, PEM).
    case mask
    /// All of them (MaskFormer).
    case argMax
}

extension MaskPredictions {
    /// Panoptic segmentation of one image of the batch (maskformer_model.py panoptic_inference). `isThing`
    /// has a place for every class. Masks are always resized to the output first.
    package func panopticSegmentation(
        image: Int, _ request: InferenceRequest, isThing: [Bool], objectMaskThreshold: Float, overlapThreshold: Float
    ) -> PanopticResult {
        let kept = keptQueries(image: image, threshold: objectMaskThreshold)
        guard !kept.isEmpty else {
            return PanopticResult(segmentIDs: Array(repeating: 0, count: request.output.area), segments: [])
        }
        let masks = outputMasks(image: image, queries: kept.map(\.query), request)
        let painting = PanopticPainting(masks, scores: kept.map(\.score), extent: segmentExtent)
        return painting.result(classes: kept.map(\.category), isThing: isThing, overlapThreshold: overlapThreshold)
    }

    /// Queries whose best class is a class and whose score exceeds the threshold.
    private func keptQueries(image: Int, threshold: Float) -> [(query: Int, category: Int, score: Float)] {
        let probabilities = softmax(finalClassLogits.item(image))
        let columns = probabilities.channels
        return (0..<probabilities.rows).compactMap { query in
            let row = (0..<columns).map { probabilities.data[query * columns + $0] }
            guard let score = row.max(), let category = row.firstIndex(of: score) else { return nil }
            return category < columns - 1 && score > threshold ? (query, category, score) : nil
        }
    }
}

/// Which mask each pixel falls to, and how large the masks are: gathered row by row, then painted.
private struct PanopticPainting {
    /// [H · W]: the mask with the largest score · probability.
    private let best: [UInt16]
    /// [H · W]: whether the pixel is in that mask's segment.
    private let isInside: [Bool]
    /// Pixels of each mask with a probability of at least one half.
    private let originalAreas: [Int]

    init(_ masks: MapResampler, scores: [Float], extent: SegmentExtent) {
        let (height, width, count) = (masks.size.height, masks.size.width, masks.channels)
        let best = ScratchBuffer<UInt16>(repeating: 0, count: height * width)
        let inside = ScratchBuffer(repeating: false, count: height * width)
        let areas = ScratchBuffer<Int32>(repeating: 0, count: height * count)
        parallelRows(height, grain: 4) { rows in
            let row = Tensor(uninitialized: [masks.rowCount])
            let span = Tensor(uninitialized: [MapResampler.span, count])
            for y in rows {
                masks.combineRow(y, into: row.data)
                for start in stride(from: 0, to: width, by: MapResampler.span) {
                    let range = start..<min(width, start + MapResampler.span)
                    masks.probabilities(of: row.data, range, into: span.data)
                    let place = y * width + start
                    pk_choose_masks(
                        span.data, scores, range.count, count, best.data + place, inside.data + place,
                        areas.data + y * count)
                }
            }
        }
        self.best = best.array
        isInside = extent == .mask ? inside.array : Array(repeating: true, count: height * width)
        let areasOfRows = areas.array
        originalAreas = (0..<count).map { mask in (0..<height).reduce(0) { $0 + Int(areasOfRows[$1 * count + mask]) } }
    }

    func result(classes: [Int], isThing: [Bool], overlapThreshold: Float) -> PanopticResult {
        var maskAreas = [Int](repeating: 0, count: classes.count)
        var insideAreas = maskAreas
        for (mask, inside) in zip(best, isInside) {
            maskAreas[Int(mask)] += 1
            if inside { insideAreas[Int(mask)] += 1 }
        }
        var ids = [Int32](repeating: 0, count: classes.count)
        var (stuff, segments) = ([Int: Int32](), [PanopticResult.Segment]())
        for (mask, category) in classes.enumerated() {
            guard maskAreas[mask] > 0, originalAreas[mask] > 0, insideAreas[mask] > 0,
                Double(maskAreas[mask]) / Double(originalAreas[mask]) >= Double(overlapThreshold)
            else { continue }
            // Segments of one stuff class are one segment.
            if !isThing[category], let id = stuff[category] {
                ids[mask] = id
                continue
            }
            ids[mask] = Int32(segments.count + 1)
            if !isThing[category] { stuff[category] = ids[mask] }
            segments.append(.init(id: segments.count + 1, isThing: isThing[category], category: category))
        }
        return PanopticResult(segmentIDs: zip(best, isInside).map { $1 ? ids[Int($0)] : 0 }, segments: segments)
    }
}
