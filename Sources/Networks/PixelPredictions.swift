import Annotations
import Autodiff
import Tensors

/// What a network predicts that classifies every pixel by itself, after each of the layers that are supervised.
package struct PixelPredictions: Prediction {
    /// Class logits [B, h, w, K], one an output; the last is final, element k is auxiliary output k.
    package let logits: [Variable]
    /// How the logits reach the size of the input.
    package let enlargement: MapEnlargement
    /// Logits of boundaries between segments [B, h, w, 1], where a network learns them.
    package let boundary: Variable?

    /// The outputs of a network, the last layer's last.
    package init(logits: [Variable], _ enlargement: MapEnlargement = .stride(4), boundary: Variable? = nil) {
        precondition(
            !logits.isEmpty && logits.allSatisfy { $0.shape.count == 4 && $0.shape == logits[0].shape }
                && boundary?.shape ?? logits[0].shape.dropLast() + [1] == logits[0].shape.dropLast() + [1],
            "pixel predictions: logits \(logits.map(\.shape)), boundary \(boundary?.shape ?? [])")
        self.logits = logits
        self.enlargement = enlargement
        self.boundary = boundary
    }

    /// None.
    package var masks: MaskPredictions? { nil }

    /// `logits` [B, K, h, w].
    package var raw: [(name: String, value: Tensor)] { [("logits", finalLogits.channelsFirst)] }

    /// Logits of the last layer: [B, h, w, K].
    package var finalLogits: Tensor { logits[logits.count - 1].value }

    /// The logits enlarged, cropped to the image and resized to the output, each bilinearly.
    package func scores(image: Int, _ request: InferenceRequest) -> PixelScores {
        PixelScores(
            scores: MapResampler(finalLogits.item(image), request, enlargement, resizesToOutput: true),
            areLogits: true)
    }
}
