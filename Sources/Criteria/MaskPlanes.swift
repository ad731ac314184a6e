import Autodiff
import CKernels
import Tensors

/// The mask logits of R matched queries, each a plane as large as the mask features.
package struct MaskPlanes {
    private let products: MatchedProducts
    /// Of each image, [R_b, HW].
    private let planes: [Tensor]

    /// features [B, H, W, C], embeddings [B, Q, C] an output.
    package init(features: Variable, embeddings: [Variable], masks: [MatchedMask]) {
        products = MatchedProducts(features: features, embeddings: embeddings, masks: masks, .planes)
        planes = products.logits
    }

    /// The logits of masks `rows` at points of their own [rows.count, P, 2], without a graph: [rows.count, P].
    package func values(rows: Range<Int>, points: Tensor) -> Tensor {
        let (count, size) = (points.shape[1], products.features.shape)
        precondition(points.shape == [rows.count, count, 2], "mask planes: \(rows) at points \(points.shape)")
        let result = Tensor(uninitialized: [rows.count, count])
        for (image, planes) in zip(products.images, planes) {
            parallelFor(image.rows.count) { index in
                guard rows.contains(image.rows[index]) else { return }
                let row = image.rows[index] - rows.lowerBound
                pk_plane_sample(
                    planes.data + index * planes.channels, size[1], size[2], points.data + row * count * 2, count,
                    result.data + row * count)
            }
        }
        return result
    }

    /// The logits of all masks at points [R, P, 2] in [0, 1], sampled bilinearly (zeros outside, align_corners false):
    /// [R, P].
    ///
    /// Saves the points; the gradients dY spread to the corners of each point.
    package func logits(points: Tensor) -> Variable {
        let size = products.features.shape
        return products.record(values(rows: 0..<products.masks.count, points: points)) { dY, image in
            spread(dY, of: image.rows, points: points, height: size[1], width: size[2])
        }
    }
}

/// The given rows of dY [R, P], added to the corners of their points: [rows.count, HW].
private func spread(_ dY: Tensor, of rows: [Int], points: Tensor, height: Int, width: Int) -> Tensor {
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
