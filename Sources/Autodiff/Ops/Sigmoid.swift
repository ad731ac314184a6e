import CKernels

/// 1 / (1 + e^−x) of any shape. Saves its output y; dX = dY · y · (1 − y).
package func sigmoid(_ x: Variable) -> Variable { pointwise(x, pk_sigmoid_forward, pk_sigmoid_backward) }
