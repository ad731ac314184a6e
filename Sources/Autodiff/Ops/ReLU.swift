import CKernels

/// max(x, 0) of any shape; NaN stays. Saves its output; dX = dY where the output is positive.
package func relu(_ x: Variable) -> Variable { pointwise(x, pk_relu_forward, pk_relu_backward) }
