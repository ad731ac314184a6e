import Checkpoints
import Layers
import Segmenters
import Tensors

/// The last layer's predictions as the official code has them.
enum RawPredictions {
    /// `pred_logits` [1, Q, K + 1] and `pred_masks` [1, Q, H/4, W/4] (logits), their names after `prefix`.
    static func tensors(_ predictions: MaskPredictions, prefix: String) -> [SavedTensor] {
        let logits = predictions.classLogits[predictions.classLogits.count - 1].value
        let masks = predictions.finalMaskLogits  // [1, h, w, Q]
        let (height, width, queries) = (masks.shape[1], masks.shape[2], masks.shape[3])
        return [
            SavedTensor(name: prefix + "pred_logits", shape: logits.shape) { logits.array },
            SavedTensor(name: prefix + "pred_masks", shape: [1, queries, height, width]) {
                let pixels = height * width
                var planes = [Float](repeating: 0, count: masks.count)
                for pixel in 0..<pixels {
                    for query in 0..<queries {
                        planes[query * pixels + pixel] = masks.data[pixel * queries + query]
                    }
                }
                return planes
            },
        ]
    }
}
