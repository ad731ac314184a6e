import Annotations
import Autodiff
import Tensors

/// What a network predicts that classifies every pixel by itself, after each of the layers that are supervised.
package struct PixelPredictions: Prediction {
    /// Class logits [B, h, w, K], one an output; the last is final, element k is auxiliary output k.
    package let logits: [Variable]
    /// Pixels of the input from one logit to the next.
    package let stride: Int

    /// The outputs of a network, the last layer's last.
    package init(logits: [Variable], stride: Int = 4) {
        precondition(
            !logits.isEmpty && logits.allSatisfy { $0.shape.count == 4 && $0.shape == logits[0].shape } && stride > 0,
            "pixel predictions: logits \(logits.map(\.shape)), stride \(stride)")
        self.logits = logits
        self.stride = stride
    }

    /// None.
    package var masks: MaskPredictions? { nil }

    /// `logits` [B, K, h, w].
    package var raw: [(name: String, value: Tensor)] { [("logits", finalLogits.channelsFirst)] }

    /// Logits of the last layer: [B, h, w, K].
    package var finalLogits: Tensor { logits[logits.count - 1].value }

    /// The logits enlarged by the stride, cropped to the image and resized to the output, each bilinearly (the
    /// per-pixel baselines of MaskFormer, detectron2's SemanticSegmentor).
    package func scores(image: Int, _ request: InferenceRequest) -> PixelScores {
        let map = finalLogits.item(image)
        var request = request
        // Beyond an input that the stride does not divide.
        request.input = ImageSize(height: map.shape[0] * stride, width: map.shape[1] * stride)
        return PixelScores(scores: MapResampler(map, request, resizesToOutput: true))
    }
}
