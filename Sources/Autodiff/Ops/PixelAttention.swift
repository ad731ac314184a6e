import CKernels
import Kernels
import Tensors

/// σ · y + (1 − σ) · x with σ = sigmoid(Σ keyX · keyY) of each pixel, then ReLU where `relu` (Xu et al., PIDNet, CVPR
/// 2023, equation 6): x and y [B, H, W, C], keys [B, H, W, D] -> [B, H, W, C].
///
/// Saves its inputs, σ and the output. With g = dY where the ReLU passed: dX = (1 − σ) g; dY = σ g; and with
/// s = σ (1 − σ) Σ g (y − x): dKeyX = s · keyY, dKeyY = s · keyX.
package func pixelAttention(
    _ x: Variable, _ y: Variable, keyX: Variable, keyY: Variable, relu: Bool = false
) -> Variable {
    let (shape, keyShape) = (x.shape, keyX.shape)
    precondition(
        shape.count == 4 && y.shape == shape && keyY.shape == keyShape && keyShape.dropLast() == shape.dropLast(),
        "pixelAttention: x \(shape), y \(y.shape), keys \(keyShape) and \(keyY.shape)")
    let weights = Tensor(uninitialized: Array(shape.dropLast()))
    let output = Tensor(uninitialized: shape)
    func forEachChunk(
        _ x: Tensor, _ y: Tensor, _ keyX: Tensor, _ keyY: Tensor,
        _ body: (UnsafePointer<pixel_attention>, _ first: Int, _ last: Int) -> Void
    ) {
        let attention = pixel_attention(
            x: x.data, y: y.data, key_x: keyX.data, key_y: keyY.data, channels: x.channels,
            key_channels: keyX.channels, relu: relu ? 1 : 0)
        parallelRows(x.rows, grain: max(1, elementGrain / 2 / x.channels)) { pixels in
            withUnsafePointer(to: attention) { body($0, pixels.lowerBound, pixels.upperBound) }
        }
        withExtendedLifetime((x, y, keyX, keyY)) {}
    }
    forEachChunk(x.value, y.value, keyX.value, keyY.value) { attention, first, last in
        pk_pixel_attention(attention, first, last, weights.data, output.data)
    }
    let (savedX, savedY, savedKeyX, savedKeyY) = (x.saved, y.saved, keyX.saved, keyY.saved)
    return record(output, inputs: [x, y, keyX, keyY]) { dOutput in
        let gradients = [shape, shape, keyShape, keyShape].map { Tensor(uninitialized: $0) }
        forEachChunk(savedX(), savedY(), savedKeyX(), savedKeyY()) { attention, first, last in
            pk_pixel_attention_backward(
                attention, weights.data, output.data, dOutput.data, first, last, gradients[0].data, gradients[1].data,
                gradients[2].data, gradients[3].data)
        }
        return gradients
    }
}
