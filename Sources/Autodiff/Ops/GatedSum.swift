import CKernels
import Kernels
import Tensors

/// base + σ(gate) · x by element, or with 1 − σ(gate) in its place where `complements`; all of one shape. Without a
/// base it is 0.
///
/// Saves x and the gate. With s the weight of x: dBase = dY; dX = dY · s; dGate = ± dY · x · s · (1 − s).
package func gatedSum(_ base: Variable?, _ x: Variable, gate: Variable, complements: Bool = false) -> Variable {
    let shape = x.shape
    precondition(
        gate.shape == shape && base?.shape ?? shape == shape,
        "gatedSum: base \(base?.shape ?? []), x \(shape), gate \(gate.shape)")
    let sign: Float = complements ? -1 : 1
    let y = elementwise(shape) { start, count, y in
        let base = base.map { $0.value.data + start }
        pk_gated_sum(base, x.value.data + start, gate.value.data + start, sign, count, y)
    }
    let (savedX, savedGate) = (x.saved, gate.value)
    return record(y, inputs: [x, gate] + (base.map { [$0] } ?? [])) { dY in
        let (x, dGate) = (savedX(), Tensor(uninitialized: shape))
        let dX = elementwise(shape) { start, count, dX in
            pk_gated_sum_backward(
                x.data + start, savedGate.data + start, sign, dY.data + start, count, dX, dGate.data + start)
        }
        return [dX, dGate, dY]
    }
}
