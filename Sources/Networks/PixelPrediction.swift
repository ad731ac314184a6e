import Autodiff
import Tensors

/// What a network predicts that classifies every pixel by itself.
package struct PixelPrediction: Prediction {
    /// Class logits [B, h, w, K] at any stride.
    package let logits: Variable

    /// Logits of the last layer.
    package init(logits: Variable) { self.logits = logits }

    /// None.
    package var masks: MaskPredictions? { nil }

    /// `logits` [B, K, h, w].
    package var raw: [(name: String, value: Tensor)] { [("logits", logits.value.channelsFirst)] }

    /// The logits enlarged to the input, cropped to the image and resized to the output, each bilinearly (the per-pixel
    /// baselines of MaskFormer, detectron2's SemanticSegmentor).
    package func scores(image: Int, _ request: InferenceRequest) -> PixelScores {
        PixelScores(scores: MapResampler(logits.value.item(image), request, resizesToOutput: true))
    }
}
