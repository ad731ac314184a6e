// Linear maps of some rows that are in the cache, for passes that record no graph.
import CKernels
import Kernels
import Tensors

/// x · Wᵀ + b of some rows, then ReLU where wanted, on the calling thread.
package struct RowMap {
    private let matrix: PackedMatrix
    private let bias: Tensor
    /// Floats of a row of the result.
    let outputs: Int

    /// The map of a weight [O, I] and a bias [O].
    package init(_ map: (weight: Tensor, bias: Tensor)) {
        outputs = map.weight.shape[0]
        matrix = PackedMatrix(map.weight, outputs: outputs, inputs: map.weight.shape[1])
        bias = map.bias
    }

    /// Writes `rows` rows [O] to y; a residual has rows [O] too.
    func callAsFunction(
        _ x: UnsafePointer<Float>, rows: Int, residual: UnsafePointer<Float>? = nil, relu: Bool = false,
        into y: UnsafeMutablePointer<Float>
    ) {
        let epilogue = convolution_epilogue(
            scale: nil, shift: bias.data, residual: residual, residual_stride: outputs, relu: relu ? 1 : 0, streams: 0)
        matrix.multiply(x, rows: rows, into: y, stride: outputs, epilogue: epilogue)
    }

    /// `rows` rows [O] of their own.
    func callAsFunction(_ x: UnsafePointer<Float>, rows: Int, relu: Bool = false) -> Tensor {
        let y = Tensor(uninitialized: [rows, outputs])
        self(x, rows: rows, relu: relu, into: y.data)
        return y
    }
}

/// LayerNorm(residual + x · Wᵀ + b) of some rows: how a sublayer ends that normalises last.
package struct ResidualNorm {
    private let map: RowMap
    private let weight: Tensor
    private let bias: Tensor
    private let epsilon: Float

    /// A linear map, and the weight and bias [O] of the norm.
    package init(_ map: RowMap, weight: Tensor, bias: Tensor, epsilon: Float) {
        (self.map, self.weight, self.bias, self.epsilon) = (map, weight, bias, epsilon)
    }

    /// Writes `rows` rows [O] to y, from x's [I] and the residual's [O].
    func callAsFunction(
        _ x: UnsafePointer<Float>, rows: Int, residual: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        let sums = Tensor(uninitialized: [rows, map.outputs])
        let statistics = Tensor(uninitialized: [rows, 2])
        map(x, rows: rows, residual: residual, into: sums.data)
        pk_layer_norm_forward(
            sums.data, weight.data, bias.data, epsilon, rows, map.outputs, y, statistics.data)
        withExtendedLifetime((sums, statistics)) {}
    }
}
