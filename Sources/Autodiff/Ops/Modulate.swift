import CKernels
import Kernels
import Tensors

/// x · (1 + gate) + above in one pass: x [B, H, W, C], gate [B, 1, 1, C], above as x or as gate -> [B, H, W, C].
///
/// Saves x and the gate, of each what the other's gradient reads. dX = dY · (1 + gate); dGate = Σ dY · x and, where
/// above was repeated, dAbove = Σ dY, over the pixels of an image.
package func modulate(_ x: Variable, gate: Variable, above: Variable) -> Variable {
    let (shape, small, aboveShape) = (x.shape, gate.shape, above.shape)
    precondition(
        shape.count == 4 && small == [shape[0], 1, 1, shape[3]] && (aboveShape == shape || aboveShape == small),
        "modulate: x \(shape), gate \(small), above \(aboveShape)")
    let savedX = gate.needsGradient ? x.value : nil
    let savedGate = x.needsGradient ? gate.value : nil
    let needsAbove = above.needsGradient
    let y = modulated(x.value, gate: gate.value, above: above.value)
    return record(y, inputs: [x, gate, above]) { dY in
        let broadcast = Broadcast(small, along: shape, operation: "modulate")
        let dAbove = aboveShape == shape ? dY : broadcast.reduced(dY, shape: small)
        return [
            savedGate.map { dataGradient(dY, gate: $0) },
            savedX.map { broadcast.reduced(dY, times: $0, shape: small) }, needsAbove ? dAbove : nil,
        ]
    }
}

private func modulated(_ x: Tensor, gate: Tensor, above: Tensor) -> Tensor {
    let y = Tensor(uninitialized: x.shape)
    let isRepeated = above.shape != x.shape
    Broadcast(gate.shape, along: x.shape, operation: "modulate").forEachTile { large, small, rows, columns in
        pk_modulate_rows(
            x.data + large, gate.data + small, above.data + (isRepeated ? small : large), isRepeated ? 0 : columns,
            rows, columns, y.data + large)
    }
    return y
}

private func dataGradient(_ dY: Tensor, gate: Tensor) -> Tensor {
    let dX = Tensor(uninitialized: dY.shape)
    Broadcast(gate.shape, along: dY.shape, operation: "modulate").forEachTile { large, small, rows, columns in
        pk_modulate_rows_backward(dY.data + large, gate.data + small, rows, columns, dX.data + large)
    }
    return dX
}
