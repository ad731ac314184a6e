import Annotations
import Autodiff
import Tensors

extension MaskPredictions {
    /// Semantic segmentation of one image of the batch (maskformer_model.py semantic_inference): softmax without the
    /// no-object column, times the sigmoid of the masks, summed over the queries; then the arg-max.
    package func semanticSegmentation(
        image: Int, _ request: InferenceRequest, wantsScores: Bool
    ) -> PixelScores.Result {
        let map = maskFeatures.shape
        guard request.image == request.output,
            request.input == ImageSize(height: 4 * map[1], width: 4 * map[2])
        else { return scores(image: image, request).labels(wantsScores: wantsScores) }
        let (embeddings, features) = lastMasks(image: image)
        return QuarterMixing(
            maskEmbedding: embeddings, features: features, classProbabilities: classProbabilities(image: image)
        ).labels(request.output, wantsScores: wantsScores)
    }

    /// The class scores of one image of the batch, mixed at the output's size where masks are resized before, else at
    /// the image's.
    package func scores(image: Int, _ request: InferenceRequest) -> PixelScores {
        PixelScores(
            masks: MapResampler(
                finalMaskLogits(image: image), request, resizesToOutput: request.resizesMasksBeforeMixing),
            classProbabilities: classProbabilities(image: image), output: request.output)
    }

    /// Queries × classes × pixels.
    package func mixingWork(_ request: InferenceRequest) -> Int {
        let size = request.resizesMasksBeforeMixing ? request.output : request.image
        return finalClassLogits.shape[1] * (finalClassLogits.channels - 1) * size.area
    }

    /// Masks of some queries at the size of the output, which panoptic and instance inference need first.
    func outputMasks(image: Int, queries: [Int], _ request: InferenceRequest) -> MapResampler {
        precondition(request.resizesMasksBeforeMixing, "masks of segments are resized to the output first")
        return MapResampler(finalMaskLogits(image: image, queries: queries), request, resizesToOutput: true)
    }

    /// Softmax over the classes without its no-object column: [Q, K].
    func classProbabilities(image: Int) -> Tensor {
        let probabilities = softmax(finalClassLogits.item(image))
        let (queries, columns) = (probabilities.shape[0], probabilities.shape[1])
        let result = Tensor(uninitialized: [queries, columns - 1])
        for query in 0..<queries {
            (result.data + query * (columns - 1)).update(from: probabilities.data + query * columns, count: columns - 1)
        }
        return result
    }

    /// Mask logits of the last layer for one image, of some queries or all: [h, w, queries].
    private func finalMaskLogits(image: Int, queries: [Int]? = nil) -> Tensor {
        let (all, features) = lastMasks(image: image)
        let chosen = queries.map { gatherRows(all, $0) } ?? all
        let (height, width, channels) = (features.shape[0], features.shape[1], features.shape[2])
        return maskProduct(
            maskEmbedding: chosen.reshaped([1, chosen.shape[0], channels]),
            features: features.reshaped([1, height * width, channels])
        ).reshaped([height, width, chosen.shape[0]])
    }

    /// What the masks of the last layer are products of, for one image: [Q, C] and [h, w, C].
    private func lastMasks(image: Int) -> (embeddings: Tensor, features: Tensor) {
        (maskEmbeddings[maskEmbeddings.count - 1].value.item(image), maskFeatures.value.item(image))
    }
}
