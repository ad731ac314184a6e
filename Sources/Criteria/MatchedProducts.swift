// The masks of matched queries, where the losses look at them. All outputs go through one op: the product with the mask
// features is one GEMM an image, and their gradient is written once instead of being summed over outputs.
import Autodiff
import Tensors

/// The mask logits ⟨embedding, features⟩ of matched queries, image by image, as large as the mask features.
struct MatchedProducts {
    let features: Variable
    let masks: [MatchedMask]
    let images: [ImageMasks]
    private let embeddings: [Variable]

    /// features [B, H, W, C], embeddings [B, Q, C] an output.
    init(features: Variable, embeddings: [Variable], masks: [MatchedMask], _ layout: ImageMasks.Layout) {
        precondition(
            features.shape.count == 4 && embeddings.allSatisfy { $0.shape.last == features.shape[3] },
            "matched masks: features \(features.shape), embeddings \(embeddings.map(\.shape))")
        (self.features, self.embeddings, self.masks) = (features, embeddings, masks)
        images = (0..<features.shape[0]).map { image in
            ImageMasks(
                image, masks: masks, embeddings: embeddings.map(\.value), channels: features.shape[3], layout)
        }
    }

    /// Whether gradients flow into any input.
    var needsGradient: Bool { features.needsGradient || embeddings.contains { $0.needsGradient } }

    /// The logits of each image.
    var logits: [Tensor] { images.map { $0.logits(of: features.value) } }

    /// The variable of what was computed of the logits; `dLogits` makes the gradient of an image's logits of dY.
    ///
    /// Saves the features and the matched embeddings. With G = dLogits [R, HW], dEmbeddings = G · features and
    /// dFeatures = Gᵀ · embeddings, image by image.
    func record(_ value: Tensor, dLogits: @escaping (_ dY: Tensor, _ image: ImageMasks) -> Tensor) -> Variable {
        let (map, wantsFeatures) = (features.value, features.needsGradient)
        let (shapes, wanted) = (embeddings.map(\.shape), embeddings.map(\.needsGradient))
        return Autodiff.record(value, inputs: [features] + embeddings) { [masks, images] dY in
            let dFeatures = wantsFeatures ? Tensor(uninitialized: map.shape) : nil
            let dEmbeddings = zip(shapes, wanted).map { shape, isWanted in isWanted ? Tensor(zeros: shape) : nil }
            for image in images {
                let gradient = dLogits(dY, image)
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
