import Tensors

/// How the axes of an official (PyTorch) parameter are reordered for the channels-last engine.
package enum ParameterLayout: Sendable {
    /// The same in both: vectors, Linear weights [O, I], embeddings.
    case plain
    /// Convolution: official [O, I, kh, kw], engine [O, kh, kw, I]. Depthwise [C, 1, kh, kw] has its own case.
    case convolution
    /// Depthwise convolution: official [C, 1, kh, kw], engine [kh, kw, C].
    case depthwise
    /// Transposed convolution: official [I, O, kh, kw], engine [I, kh, kw, O].
    case transposedConvolution

    /// The engine's shape of a parameter.
    package func engineShape(_ official: [Int]) -> [Int] {
        switch self {
        case .plain: official
        case .convolution, .transposedConvolution: [official[0], official[2], official[3], official[1]]
        case .depthwise: [official[2], official[3], official[0]]
        }
    }

    /// The official values, reordered for the engine.
    package func engineTensor(_ values: [Float], officialShape: [Int]) -> Tensor {
        let shape = engineShape(officialShape)
        guard let (outer, middle) = transposition(officialShape) else { return Tensor(values, shape: shape) }
        return Tensor(swapped(values, outer: outer, rows: middle.rows, columns: middle.columns), shape: shape)
    }

    /// The engine's values, in the official order.
    package func officialValues(_ tensor: Tensor, officialShape: [Int]) -> [Float] {
        guard let (outer, middle) = transposition(officialShape) else { return tensor.array }
        return swapped(tensor.array, outer: outer, rows: middle.columns, columns: middle.rows)
    }

    /// Every layout is a batch of matrix transpositions of the official order: [outer, rows, columns].
    private func transposition(_ shape: [Int]) -> (outer: Int, matrix: (rows: Int, columns: Int))? {
        switch self {
        case .plain: nil
        case .convolution, .transposedConvolution: (shape[0], (shape[1], shape[2] * shape[3]))
        case .depthwise: (1, (shape[0], shape[2] * shape[3]))
        }
    }

    private func swapped(_ values: [Float], outer: Int, rows: Int, columns: Int) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        for item in 0..<outer {
            let base = item * rows * columns
            for row in 0..<rows {
                for column in 0..<columns { result[base + column * rows + row] = values[base + row * columns + column] }
            }
        }
        return result
    }
}
