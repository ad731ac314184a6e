import Images
import Layers
import Segmenters

/// From pixels to class numbers and segments.
struct NetworkInference {
    private let segmenter: Segmenter
    private let test: RunConfiguration.Test

    init(_ segmenter: Segmenter, _ run: RunConfiguration) {
        self.segmenter = segmenter
        test = run.test
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
        let result = input.predictions.semanticSegmentation(
            image: 0, request(input, image, height, width), wantsScores: false)
        return LabelImage(width: width, height: height, values: result.labels)
    }

    /// The segments of the original picture, by the thresholds of the configuration.
    func panoptic(
        _ input: (predictions: MaskPredictions, height: Int, width: Int), _ image: RGBImage, height: Int,
        width: Int, isThing: [Bool]
    ) -> PanopticResult {
        input.predictions.panopticSegmentation(
            image: 0, request(input, image, height, width), isThing: isThing,
            objectMaskThreshold: Float(test.objectMaskThreshold),
            overlapThreshold: Float(test.overlapThreshold))
    }

    private func request(
        _ input: (predictions: MaskPredictions, height: Int, width: Int), _ image: RGBImage, _ height: Int,
        _ width: Int
    ) -> InferenceRequest {
        InferenceRequest(
            inputHeight: input.height, inputWidth: input.width, imageHeight: image.height,
            imageWidth: image.width, outputHeight: height, outputWidth: width,
            resizesMasksBeforeMixing: test.resizesMasksBeforeMixing)
    }
}
