// The masks of matched queries, where the losses look at them. All outputs go through one op: the product with the mask
// features is one GEMM an image, and their gradient is written once instead of being summed over outputs.
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

/// The mask logits ⟨embedding, features⟩ of R matched queries, each a plane as large as the mask features.
package struct MaskPlanes {
    private let features: Variable
    private let embeddings: [Variable]
    private let masks: [MatchedMask]
    private let images: [ImageMasks]
    /// Of each image, [R_b, HW].
    private let planes: [Tensor]

    /// features [B, H, W, C], embeddings [B, Q, C] an output.
    package init(features: Variable, embeddings: [Variable], masks: [MatchedMask]) {
        precondition(
            features.shape.count == 4 && embeddings.allSatisfy { $0.shape.last == features.shape[3] },
            "mask planes: features \(features.shape), embeddings \(embeddings.map(\.shape))")
        self.features = features
        self.embeddings = embeddings
        self.masks = masks
        images = (0..<features.shape[0]).map { image in
            ImageMasks(image, masks: masks, embeddings: embeddings.map(\.value), channels: features.shape[3])
        }
        planes = images.map { $0.planes(of: features.value) }
    }

    /// The logits of masks `rows` at points of their own [rows.count, P, 2], without a graph: [rows.count, P].
    package func values(rows: Range<Int>, points: Tensor) -> Tensor {
        let (count, height, width) = (points.shape[1], features.shape[1], features.shape[2])
        precondition(points.shape == [rows.count, count, 2], "mask planes: \(rows) at points \(points.shape)")
        let result = Tensor(uninitialized: [rows.count, count])
        for (image, planes) in zip(images, planes) {
            parallelFor(image.rows.count) { index in
                guard rows.contains(image.rows[index]) else { return }
                let row = image.rows[index] - rows.lowerBound
                pk_plane_sample(
                    planes.data + index * height * width, height, width, points.data + row * count * 2, count,
                    result.data + row * count)
            }
        }
        return result
    }

    /// The logits of all masks at points [R, P, 2] in [0, 1], sampled bilinearly (zeros outside, align_corners false):
    /// [R, P].
    ///
    /// Saves the features, the matched embeddings and the points. With G [R_b, HW] the gradients dY spread to the
    /// corners of each point, dEmbeddings = G · features and dFeatures = Gᵀ · embeddings, image by image.
    package func logits(points: Tensor) -> Variable {
        let (map, wantsFeatures) = (features.value, features.needsGradient)
        let (shapes, wanted) = (embeddings.map(\.shape), embeddings.map(\.needsGradient))
        let value = values(rows: 0..<masks.count, points: points)
        return record(value, inputs: [features] + embeddings) { [masks, images] dY in
            let dFeatures = wantsFeatures ? Tensor(uninitialized: map.shape) : nil
            let dEmbeddings = zip(shapes, wanted).map { shape, isWanted in isWanted ? Tensor(zeros: shape) : nil }
            for image in images {
                let gradient = image.spread(dY, points: points, height: map.shape[1], width: map.shape[2])
                if let dFeatures { image.writeFeatureGradient(gradient, to: dFeatures) }
                guard wanted.contains(true), !image.rows.isEmpty else { continue }
                let rows = image.embeddingGradient(gradient, features: map)
                for (index, row) in image.rows.enumerated() {
                    guard let target = dEmbeddings[masks[row].output] else { continue }
                    let place = (image.image * target.shape[1] + masks[row].query) * rows.channels
                    (target.data + place).update(from: rows.data + index * rows.channels, count: rows.channels)
                }
            }
            return [dFeatures] + dEmbeddings
        }
    }
}

/// The matched masks of one image.
private struct ImageMasks {
    let image: Int
    /// Which rows of the losses.
    let rows: [Int]
    /// Their embeddings [R_b, C].
    let embeddings: Tensor

    init(_ image: Int, masks: [MatchedMask], embeddings: [Tensor], channels: Int) {
        self.image = image
        rows = masks.indices.filter { masks[$0].image == image }
        self.embeddings = Tensor(uninitialized: [rows.count, channels])
        for (index, row) in rows.enumerated() {
            let source = embeddings[masks[row].output]
            let place = (image * source.shape[1] + masks[row].query) * channels
            (self.embeddings.data + index * channels).update(from: source.data + place, count: channels)
        }
    }

    /// embeddings [R_b, C] · features of the image [HW, C]ᵀ -> [R_b, HW].
    func planes(of features: Tensor) -> Tensor {
        let (area, channels) = (features.shape[1] * features.shape[2], features.channels)
        let planes = Tensor(uninitialized: [rows.count, area])
        let map = features.data + image * area * channels
        parallelRows(area, grain: 1024) { range in
            gemm(
                transposeB: true, m: rows.count, n: range.count, k: channels, a: embeddings.data, lda: channels,
                b: map + range.lowerBound * channels, ldb: channels, c: planes.data + range.lowerBound, ldc: area)
        }
        return planes
    }

    /// The rows of dY [R, P] of the image, added to the corners of their points: [R_b, HW].
    func spread(_ dY: Tensor, points: Tensor, height: Int, width: Int) -> Tensor {
        let planes = Tensor(zeros: [rows.count, height * width])
        let count = dY.shape[1]
        parallelFor(rows.count) { index in
            let row = rows[index]
            pk_plane_sample_gradient(
                points.data + row * count * 2, count, dY.data + row * count, height, width,
                planes.data + index * height * width)
        }
        return planes
    }

    /// planes [R_b, HW]ᵀ · embeddings [R_b, C] -> the image's part of dFeatures [B, H, W, C].
    func writeFeatureGradient(_ planes: Tensor, to dFeatures: Tensor) {
        let (area, channels) = (planes.shape[1], dFeatures.channels)
        let target = dFeatures.data + image * area * channels
        parallelRows(area, grain: 512) { range in
            let part = target + range.lowerBound * channels
            guard !rows.isEmpty else { return part.update(repeating: 0, count: range.count * channels) }
            gemm(
                transposeA: true, m: range.count, n: channels, k: rows.count, a: planes.data + range.lowerBound,
                lda: area, b: embeddings.data, ldb: channels, c: part, ldc: channels)
        }
    }

    /// planes [R_b, HW] · features of the image [HW, C] -> [R_b, C].
    func embeddingGradient(_ planes: Tensor, features: Tensor) -> Tensor {
        let (area, channels) = (planes.shape[1], features.channels)
        let result = Tensor(uninitialized: [rows.count, channels])
        let map = features.data + image * area * channels
        parallelRows(channels, grain: 64) { range in
            gemm(
                m: rows.count, n: range.count, k: area, a: planes.data, lda: area, b: map + range.lowerBound,
                ldb: channels, c: result.data + range.lowerBound, ldc: channels)
        }
        return result
    }
}
