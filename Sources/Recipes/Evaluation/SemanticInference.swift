import Images
import Layers
import Segmenters

/// From pixels to class numbers.
struct SemanticInference {
    private let segmenter: Segmenter
    private let resizesMasksBeforeMixing: Bool

    init(_ segmenter: Segmenter, _ run: RunConfiguration) {
        self.segmenter = segmenter
        resizesMasksBeforeMixing = run.test.resizesMasksBeforeMixing
    }

    /// What the network predicts for a picture as it gets it, and the size of its padded input.
    func predict(_ image: RGBImage) -> (predictions: MaskPredictions, height: Int, width: Int) {
        let batch = segmenter.configuration.normalization.batch([ImagePixels(image)])  // [1, H, W, 3]
        return (segmenter.predict(batch, .evaluation), batch.shape[1], batch.shape[2])
    }

    /// The class of each pixel of the original picture, `height` × `width`, from the picture as the network
    /// gets it.
    func labels(of image: RGBImage, height: Int, width: Int) -> LabelImage {
        labels(predict(image), image, height: height, width: width)
    }

    /// The same from a prediction that was made already.
    func labels(
        _ input: (predictions: MaskPredictions, height: Int, width: Int), _ image: RGBImage, height: Int,
        width: Int
    ) -> LabelImage {
        let request = InferenceRequest(
            inputHeight: input.height, inputWidth: input.width, imageHeight: image.height,
            imageWidth: image.width,
            outputHeight: height, outputWidth: width, resizesMasksBeforeMixing: resizesMasksBeforeMixing)
        let result = input.predictions.semanticSegmentation(image: 0, request, wantsScores: false)
        return LabelImage(width: width, height: height, values: result.labels)
    }
}
