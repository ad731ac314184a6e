import Autodiff

/// What a transformer decoder says of the queries, after each of its layers.
///
/// Mask logits are the product of a mask embedding and the mask features, left to be taken where they are needed:
/// at points by the criterion, in bands by inference.
package struct MaskPredictions {
    /// Class logits [B, Q, classes + 1], one an output; the last is final, element k is auxiliary output k.
    package let classLogits: [Variable]
    /// Mask embeddings [B, Q, C], in the same order.
    package let maskEmbeddings: [Variable]
    /// Mask features [B, H, W, C] at stride 4.
    package let maskFeatures: Variable

    /// The outputs of a decoder, the initial queries' first and the last layer's last.
    package init(classLogits: [Variable], maskEmbeddings: [Variable], maskFeatures: Variable) {
        precondition(classLogits.count == maskEmbeddings.count, "mask predictions: unequal numbers of outputs")
        self.classLogits = classLogits
        self.maskEmbeddings = maskEmbeddings
        self.maskFeatures = maskFeatures
    }
}
