import CKernels
import Kernels
import Tensors

/// a + b in a's shape; b has a's shape, a suffix of it, or is [B, 1, 1, C] against [B, H, W, C].
package func add(_ a: Tensor, _ b: Tensor) -> Tensor {
    Broadcast(b.shape, along: a.shape, operation: "add").combined(a, b, pk_add_to_rows)
}

/// a + b in a's shape; b has a's shape, a suffix of it, or is [B, 1, 1, C] against [B, H, W, C]. Saves
/// nothing; a sum along which b is repeated is made again from the two.
///
/// dA = dY; dB = dY summed over the axes along which b was repeated.
package func add(_ a: Variable, _ b: Variable) -> Variable {
    let (shape, smallShape) = (a.shape, b.shape)
    let (needsA, needsB, images) = (a.needsGradient, b.needsGradient, b.images == nil ? a.images : nil)
    let (savedA, savedB) = (a.saved, b.saved)
    let remade = { add(savedA(), savedB()) }
    return record(add(a.value, b.value), inputs: [a, b], remade: shape == smallShape ? nil : remade) { dY in
        guard needsB else { return [dY, nil] }
        let broadcast = Broadcast(smallShape, along: shape, operation: "add")
        return [needsA ? dY : nil, shape == smallShape ? dY : broadcast.reduced(dY, shape: smallShape, images: images)]
    }
}
