import Autodiff
import Tensors

/// What a query decoder says of the queries, after each of its layers.
///
/// Mask logits are the product of a mask embedding and the mask features, left to be taken where they are needed:
/// at points by the criterion, in bands by inference.
package struct MaskPredictions: Prediction {
    /// Class logits [B, Q, classes + 1], one an output; the last is final, element k is auxiliary output k.
    package let classLogits: [Variable]
    /// Mask embeddings [B, Q, C], in the same order.
    package let maskEmbeddings: [Variable]
    /// Mask features [B, H, W, C], in PEM at stride 4.
    package let maskFeatures: Variable
    /// How much of what is a query's by the arg-max is its panoptic segment.
    package var segmentExtent = SegmentExtent.mask

    /// The outputs of a decoder, the last layer's last.
    package init(classLogits: [Variable], maskEmbeddings: [Variable], maskFeatures: Variable) {
        precondition(classLogits.count == maskEmbeddings.count, "mask predictions: unequal numbers of outputs")
        self.classLogits = classLogits
        self.maskEmbeddings = maskEmbeddings
        self.maskFeatures = maskFeatures
    }

    /// These predictions.
    package var masks: MaskPredictions? { self }

    /// `pred_logits` [B, Q, classes + 1] and `pred_masks` [B, Q, H, W] (logits).
    package var raw: [(name: String, value: Tensor)] {
        [("pred_logits", finalClassLogits), ("pred_masks", finalMaskLogits.channelsFirst)]
    }

    /// Class logits of the last layer: [B, Q, classes + 1].
    package var finalClassLogits: Tensor { classLogits[classLogits.count - 1].value }

    /// Mask logits of the last layer: [B, H, W, Q].
    package var finalMaskLogits: Tensor {
        let (shape, embeddings) = (maskFeatures.shape, maskEmbeddings[maskEmbeddings.count - 1].value)
        let tokens = maskFeatures.value.reshaped([shape[0], shape[1] * shape[2], shape[3]])
        return maskProduct(maskEmbedding: embeddings, features: tokens)
            .reshaped([shape[0], shape[1], shape[2], embeddings.shape[1]])
    }
}
