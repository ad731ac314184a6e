import Kernels

/// A function of single values whose derivative follows from its output, which is saved: kernels such as
/// `pk_relu_forward` and `pk_relu_backward`.
func pointwise(
    _ x: Variable, _ forward: (UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?) -> Void,
    _ backward: @escaping (UnsafePointer<Float>?, UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?) -> Void
) -> Variable {
    let y = elementwise(x.shape) { start, count, y in forward(x.value.data + start, count, y) }
    return record(y, inputs: [x]) { dY in
        [elementwise(y.shape) { start, count, dX in backward(y.data + start, dY.data + start, count, dX) }]
    }
}
