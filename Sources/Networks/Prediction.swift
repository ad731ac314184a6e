import Tensors

/// What a network predicts for a batch of images.
package protocol Prediction {
    /// Masks and classes of queries; nil for networks that classify pixels.
    var masks: MaskPredictions? { get }
    /// The last outputs as the official code names and lays them out, such as `pred_masks` [B, Q, H, W].
    var raw: [(name: String, value: Tensor)] { get }
    /// The class scores of one image of the batch at the size of the output, to be read row by row.
    func scores(image: Int, _ request: InferenceRequest) -> PixelScores
    /// The class of each pixel of one image at the size of the output, and where wanted the scores.
    func semanticSegmentation(image: Int, _ request: InferenceRequest, wantsScores: Bool) -> PixelScores.Result
    /// Multiply-adds of mixing the class maps of an image from masks.
    func mixingWork(_ request: InferenceRequest) -> Int
}

extension Prediction {
    /// The class with the largest score.
    package func semanticSegmentation(
        image: Int, _ request: InferenceRequest, wantsScores: Bool
    ) -> PixelScores.Result {
        scores(image: image, request).labels(wantsScores: wantsScores)
    }

    /// None.
    package func mixingWork(_ request: InferenceRequest) -> Int { 0 }
}

extension Tensor {
    /// [B, H, W, C] -> [B, C, H, W], the official order.
    package var channelsFirst: Tensor {
        let (images, pixels, channels) = (shape[0], shape[1] * shape[2], shape[3])
        let result = Tensor(uninitialized: [images, channels, shape[1], shape[2]])
        for image in 0..<images {
            let (source, target) = (data + image * pixels * channels, result.data + image * pixels * channels)
            for pixel in 0..<pixels {
                for channel in 0..<channels { target[channel * pixels + pixel] = source[pixel * channels + channel] }
            }
        }
        return result
    }
}
