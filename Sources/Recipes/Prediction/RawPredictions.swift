import Checkpoints
import Networks

/// The last outputs of a network as the official code has them.
enum RawPredictions {
    /// Such as `pred_logits` [1, Q, K + 1] and `pred_masks` [1, Q, H/4, W/4] (logits), their names after `prefix`.
    static func tensors(_ prediction: any Prediction, prefix: String) -> [SavedTensor] {
        prediction.raw.map { output in
            SavedTensor(name: prefix + output.name, shape: output.value.shape) { output.value.array }
        }
    }
}
