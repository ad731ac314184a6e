import Autodiff
import Layers
import Tensors

extension MaskPredictions {
    /// Mask logits of the last layer: [B, H/4, W/4, Q].
    package var finalMaskLogits: Tensor { maskLogits(maskEmbeddings[maskEmbeddings.count - 1].value) }

    /// Semantic segmentation of one image of the batch (maskformer_model.py semantic_inference): softmax without the
    /// no-object column, times the sigmoid of the masks, summed over the queries; then the arg-max.
    package func semanticSegmentation(
        image: Int, _ request: InferenceRequest, wantsScores: Bool
    ) -> SemanticMixing.Result {
        if (request.imageHeight, request.imageWidth) == (request.outputHeight, request.outputWidth) {
            return quarterMixing(image: image).labels(
                height: request.outputHeight, width: request.outputWidth, wantsScores: wantsScores)
        }
        return semanticMixing(image: image, request).labels(
            resizedTo: request.outputHeight, request.outputWidth, wantsScores: wantsScores)
    }

    /// The class scores of one image of the batch: of the output's size where masks are resized before mixing,
    /// else of the image's.
    package func semanticMixing(image: Int, _ request: InferenceRequest) -> SemanticMixing {
        SemanticMixing(
            masks: resampler(finalMaskLogits(image: image), request),
            classProbabilities: classProbabilities(image: image))
    }

    /// Mask logits of the last layer for one image, of some queries or all: [h, w, queries].
    func finalMaskLogits(image: Int, queries: [Int]? = nil) -> Tensor {
        var (embeddings, features) = lastMasks(image: image)
        let (height, width, channels) = (features.shape[1], features.shape[2], features.shape[3])
        if let queries {
            let chosen = Tensor(uninitialized: [1, queries.count, channels])
            for (place, query) in queries.enumerated() {
                (chosen.data + place * channels).update(from: embeddings.data + query * channels, count: channels)
            }
            embeddings = chosen
        }
        let logits = maskProduct(
            maskEmbedding: embeddings, features: features.reshaped([1, height * width, channels]))
        return logits.reshaped([height, width, embeddings.shape[1]])
    }

    /// What the masks of the last layer are products of, for one image: [1, Q, C] and [1, h, w, C].
    private func lastMasks(image: Int) -> (embeddings: Tensor, features: Tensor) {
        (
            maskEmbeddings[maskEmbeddings.count - 1].value.items(image..<image + 1),
            maskFeatures.value.items(image..<image + 1)
        )
    }

    /// The mixing of classes where pixels are those of the image.
    private func quarterMixing(image: Int) -> QuarterMixing {
        let (embeddings, features) = lastMasks(image: image)
        return QuarterMixing(
            maskEmbedding: embeddings.reshaped(Array(embeddings.shape.dropFirst())),
            features: features.reshaped(Array(features.shape.dropFirst())),
            classProbabilities: classProbabilities(image: image))
    }

    /// Logits [h, w, Q] at the size that the request mixes at: ×4 to the padded input, cropped to the image and, where
    /// asked for, resized to the output.
    func resampler(_ logits: Tensor, _ request: InferenceRequest) -> MaskResampler {
        func taps(_ source: Int, _ input: Int, _ image: Int, _ output: Int) -> ResizeTaps {
            let cropped = ResizeTaps(bilinear: source, to: input).prefix(image)
            guard request.resizesMasksBeforeMixing, image != output else { return cropped }
            return cropped.followed(by: ResizeTaps(bilinear: image, to: output))
        }
        return MaskResampler(
            logits: logits,
            rows: taps(logits.shape[0], request.inputHeight, request.imageHeight, request.outputHeight),
            columns: taps(logits.shape[1], request.inputWidth, request.imageWidth, request.outputWidth))
    }

    /// Masks of some queries at the size of the output, which panoptic and instance inference need first.
    func outputMasks(image: Int, queries: [Int], _ request: InferenceRequest) -> MaskResampler {
        precondition(request.resizesMasksBeforeMixing, "masks of segments are resized to the output first")
        return resampler(finalMaskLogits(image: image, queries: queries), request)
    }

    /// Softmax over the classes without its no-object column: [Q, K].
    func classProbabilities(image: Int) -> Tensor {
        let logits = classLogits[classLogits.count - 1].value
        let (queries, columns) = (logits.shape[1], logits.shape[2])
        let probabilities = softmax(Variable(logits.items(image..<image + 1))).value
        let result = Tensor(uninitialized: [queries, columns - 1])
        for query in 0..<queries {
            (result.data + query * (columns - 1)).update(from: probabilities.data + query * columns, count: columns - 1)
        }
        return result
    }

    private func maskLogits(_ embeddings: Tensor) -> Tensor {
        let shape = maskFeatures.shape
        let tokens = maskFeatures.value.reshaped([shape[0], shape[1] * shape[2], shape[3]])
        return maskProduct(maskEmbedding: embeddings, features: tokens)
            .reshaped([shape[0], shape[1], shape[2], embeddings.shape[1]])
    }
}
