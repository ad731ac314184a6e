// The masks of matched queries, where the losses look at them. All outputs and images go through one op: the product with
// the mask features is one GEMM an image, and their gradient is written once instead of being summed over outputs.
import Autodiff
import CKernels
import Kernels
import Tensors

/// A query that was given a target segment: one row of the mask losses.
package struct MatchedMask: Equatable, Sendable {
    /// Which output of the decoder, as an index of `MaskPredictions`.
    package let output: Int
    /// Which image of the batch.
    package let image: Int
    /// Which query.
    package let query: Int
    /// Which segment of the image's targets.
    package let segment: Int

    /// A row of the mask losses.
    package init(output: Int, image: Int, query: Int, segment: Int) {
        self.output = output
        self.image = image
        self.query = query
        self.segment = segment
    }
}

/// Mask logits ⟨embedding, features⟩ of R matched queries, sampled bilinearly at each one's own P points (zeros outside,
/// align_corners false): features [B, H, W, C], embeddings [B, Q, C] an output, points [R, P, 2] in [0, 1] -> [R, P].
///
/// Saves the features, the matched embeddings and the points. With G [R_b, HW] the gradients dY spread to the corners of
/// each point, dEmbeddings = G · features and dFeatures = Gᵀ · embeddings, image by image.
package func maskLogitsAtPoints(
    features: Variable, embeddings: [Variable], masks: [MatchedMask], points: Tensor
) -> Variable {
    let groups = imageGroups(masks, embeddings: embeddings.map(\.value), batch: features.shape[0])
    let value = maskLogitsAtPoints(
        features: features.value, embeddings: embeddings.map(\.value), masks: masks, points: points)
    let (map, wantsFeatures) = (features.value, features.needsGradient)
    let wanted = embeddings.map(\.needsGradient)
    let shapes = embeddings.map(\.shape)
    return record(value, inputs: [features] + embeddings) { dY in
        let dFeatures = wantsFeatures ? Tensor(uninitialized: map.shape) : nil
        let dEmbeddings = zip(shapes, wanted).map { shape, isWanted in isWanted ? Tensor(zeros: shape) : nil }
        for (image, group) in groups.enumerated() {
            let planes = spread(dY, group, points: points, height: map.shape[1], width: map.shape[2])
            if let dFeatures { writeFeatureGradient(dFeatures, image: image, planes, group.embeddings) }
            guard wanted.contains(true), !group.rows.isEmpty else { continue }
            let rows = embeddingGradient(map, image: image, planes)
            for (index, row) in group.rows.enumerated() {
                guard let target = dEmbeddings[masks[row].output] else { continue }
                let place = (image * target.shape[1] + masks[row].query) * rows.channels
                (target.data + place).update(from: rows.data + index * rows.channels, count: rows.channels)
            }
        }
        return [dFeatures] + dEmbeddings
    }
}

/// The same without a graph, for the choice of points.
package func maskLogitsAtPoints(
    features: Tensor, embeddings: [Tensor], masks: [MatchedMask], points: Tensor
) -> Tensor {
    let count = points.shape[1]
    precondition(
        features.shape.count == 4 && points.shape == [masks.count, count, 2],
        "maskLogitsAtPoints: features \(features.shape), \(masks.count) masks, points \(points.shape)")
    let (height, width) = (features.shape[1], features.shape[2])
    let result = Tensor(uninitialized: [masks.count, count])
    for (image, group) in imageGroups(masks, embeddings: embeddings, batch: features.shape[0]).enumerated() {
        let planes = maskPlanes(features, image: image, group.embeddings)
        parallelFor(group.rows.count) { index in
            let row = group.rows[index]
            grid_sample(
                planes.data + index * height * width, height, width, 1, points.data + row * count * 2, count,
                result.data + row * count)
        }
    }
    return result
}

/// The rows of one image, and their embeddings [R_b, C].
private struct ImageGroup {
    var rows: [Int]
    var embeddings: Tensor
}

private func imageGroups(_ masks: [MatchedMask], embeddings: [Tensor], batch: Int) -> [ImageGroup] {
    let channels = embeddings.first?.channels ?? 0
    return (0..<batch).map { image in
        let rows = masks.indices.filter { masks[$0].image == image }
        let gathered = Tensor(uninitialized: [rows.count, channels])
        for (index, row) in rows.enumerated() {
            let source = embeddings[masks[row].output]
            let place = (image * source.shape[1] + masks[row].query) * channels
            (gathered.data + index * channels).update(from: source.data + place, count: channels)
        }
        return ImageGroup(rows: rows, embeddings: gathered)
    }
}

/// embeddings [R, C] · features of one image [HW, C]ᵀ -> [R, HW]: each mask a plane.
private func maskPlanes(_ features: Tensor, image: Int, _ embeddings: Tensor) -> Tensor {
    let (area, channels) = (features.shape[1] * features.shape[2], features.channels)
    let planes = Tensor(uninitialized: [embeddings.shape[0], area])
    let map = features.data + image * area * channels
    parallelRows(area, grain: 1024) { range in
        gemm(
            transposeB: true, m: embeddings.shape[0], n: range.count, k: channels, a: embeddings.data, lda: channels,
            b: map + range.lowerBound * channels, ldb: channels, c: planes.data + range.lowerBound, ldc: area)
    }
    return planes
}

/// The rows of dY of one image, added to the corners of their points: [R_b, HW].
private func spread(_ dY: Tensor, _ group: ImageGroup, points: Tensor, height: Int, width: Int) -> Tensor {
    let planes = Tensor(zeros: [group.rows.count, height * width])
    let count = dY.shape[1]
    parallelFor(group.rows.count) { index in
        let row = group.rows[index]
        grid_sample_gradient(
            points.data + row * count * 2, count, dY.data + row * count, height, width, 1, 0, height,
            planes.data + index * height * width)
    }
    return planes
}

/// planes [R, HW]ᵀ · embeddings [R, C] -> the image's part of dFeatures [B, H, W, C].
private func writeFeatureGradient(_ dFeatures: Tensor, image: Int, _ planes: Tensor, _ embeddings: Tensor) {
    let (rows, area, channels) = (planes.shape[0], planes.shape[1], dFeatures.channels)
    let target = dFeatures.data + image * area * channels
    parallelRows(area, grain: 512) { range in
        let part = target + range.lowerBound * channels
        guard rows > 0 else { return part.update(repeating: 0, count: range.count * channels) }
        gemm(
            transposeA: true, m: range.count, n: channels, k: rows, a: planes.data + range.lowerBound, lda: area,
            b: embeddings.data, ldb: channels, c: part, ldc: channels)
    }
}

/// planes [R, HW] · features of one image [HW, C] -> [R, C].
private func embeddingGradient(_ features: Tensor, image: Int, _ planes: Tensor) -> Tensor {
    let (rows, area, channels) = (planes.shape[0], planes.shape[1], features.channels)
    let result = Tensor(uninitialized: [rows, channels])
    let map = features.data + image * area * channels
    parallelRows(channels, grain: 64) { range in
        gemm(
            m: rows, n: range.count, k: area, a: planes.data, lda: area, b: map + range.lowerBound, ldb: channels,
            c: result.data + range.lowerBound, ldc: channels)
    }
    return result
}
