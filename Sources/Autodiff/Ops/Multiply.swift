import CKernels
import Kernels
import Tensors

/// a · b by element in a's shape; b has a's shape, a suffix of it, or is [B, 1, 1, C] against [B, H, W, C].
package func multiply(_ a: Tensor, _ b: Tensor) -> Tensor {
    Broadcast(b.shape, along: a.shape, operation: "multiply").combined(a, b, pk_multiply_rows)
}

/// a · b by element in a's shape; b has a's shape, a suffix of it, or is [B, 1, 1, C] against [B, H, W, C].
///
/// Saves of each operand what the other's gradient reads. dA = dY · b; dB = dY · a, summed over the axes
/// along which b was repeated.
package func multiply(_ a: Variable, _ b: Variable) -> Variable {
    let (shape, smallShape) = (a.shape, b.shape)
    let savedA = b.needsGradient ? a.value : nil
    let savedB = a.needsGradient ? b.value : nil
    let images = b.images == nil ? a.images : nil
    return record(multiply(a.value, b.value), inputs: [a, b]) { dY in
        let dB = savedA.map { savedA in
            shape == smallShape
                ? multiply(dY, savedA)
                : Broadcast(smallShape, along: shape, operation: "multiply")
                    .reduced(dY, times: savedA, shape: smallShape, images: images)
        }
        return [savedB.map { multiply(dY, $0) }, dB]
    }
}
