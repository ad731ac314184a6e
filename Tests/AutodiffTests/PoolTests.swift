import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct PoolTests {
    static let shapes = [[2, 7, 9, 5], [1, 8, 6, 20], [1, 2, 1, 3], [1, 4, 5, 85]]
    /// Shapes with the windows that fit them.
    static let cases = shapes.flatMap { shape in
        [
            PoolGeometry(kernel: 3, stride: 2, padding: 1), PoolGeometry(kernel: 2, stride: 2, padding: 0),
            PoolGeometry(kernel: 3, stride: 1, padding: 1),
        ].filter { min(shape[1], shape[2]) + 2 * $0.padding >= $0.kernel }.map { (shape, $0) }
    }

    @Test(arguments: cases) func maximum(shape: [Int], pool: PoolGeometry) {
        checkGradient(inputs: [testTensor("x", shape)]) {
            maxPool($0[0], kernel: pool.kernel, stride: pool.stride, padding: pool.padding)
        } reference: {
            referencePool($0[0], shape, pool) { $0.max() ?? 0 }
        }
        // Without a gradient no places are kept.
        let x = testTensor("x", shape)
        let values = referencePool(x.array.map(Double.init), shape, pool) { $0.max() ?? 0 }
        #expect(pool.pooled(x, isMaximum: true).array.map(Double.init) == values)
    }

    @Test(arguments: [1, 18]) func maximumTakesTheFirstOfEqualsAndKeepsNaN(channels: Int) {
        func repeated(_ pixels: [Float]) -> Tensor {
            Tensor(pixels.flatMap { Array(repeating: $0, count: channels) }, shape: [1, 1, pixels.count, channels])
        }
        let x = repeated([1, 1, 1, .nan])
        var gradient: [Float] = []
        let y = maxPool(Variable(leaf: x) { gradient = $0.array }, kernel: 2, stride: 2, padding: 1)
        // Columns (−1, 0), (1, 2), (3, 4), and one row of the two is the image.
        #expect(y.shape == [1, 1, 3, channels])
        for y in [y, maxPool(Variable(x), kernel: 2, stride: 2, padding: 1)] {
            #expect(Array(y.value.array.prefix(2 * channels)) == Array(repeating: 1, count: 2 * channels))
            let areNaN = y.value.array.suffix(channels).allSatisfy(\.isNaN)
            #expect(areNaN)
        }
        backward(record(Tensor([0], shape: [1]), inputs: [y]) { _ in [repeated([1, 2, 4])] })
        #expect(gradient == repeated([1, 2, 0, 4]).array)
    }

    @Test(arguments: cases) func average(shape: [Int], pool: PoolGeometry) {
        checkGradient(inputs: [testTensor("x", shape)]) {
            averagePool($0[0], kernel: pool.kernel, stride: pool.stride, padding: pool.padding)
        } reference: {
            referencePool($0[0], shape, pool) { $0.reduce(0, +) / Double(pool.kernel * pool.kernel) }
        }
    }

    @Test(arguments: [[1, 2, 3, 3], [2, 1, 1, 2]]) func averageOfWindowsLargerThanTheImage(shape: [Int]) {
        let pool = PoolGeometry(kernel: 17, stride: 8, padding: 8)
        checkGradient(inputs: [testTensor("x", shape)]) {
            averagePool($0[0], kernel: pool.kernel, stride: pool.stride, padding: pool.padding)
        } reference: {
            referencePool($0[0], shape, pool) { $0.reduce(0, +) / Double(pool.kernel * pool.kernel) }
        }
    }

    @Test func averageWritesIntoASlice() {
        let x = testTensor("x", [1, 5, 5, 2])
        let wide = Tensor(repeating: 7, shape: [1, 3, 3, 5])
        _ = averagePool(Variable(x), kernel: 3, stride: 2, padding: 1, into: (wide, 2))
        let y = averagePool(Variable(x), kernel: 3, stride: 2, padding: 1).value.array
        let expected: [Float] = (0..<9).flatMap { [7, 7, y[2 * $0], y[2 * $0 + 1], 7] }
        #expect(wide.array == expected)
    }

    @Test(arguments: shapes) func global(shape: [Int]) {
        let pixels = shape[1] * shape[2]
        checkGradient(inputs: [testTensor("x", shape)]) {
            globalAverage($0[0])
        } reference: { inputs in
            (0..<shape[0] * shape[3]).map { index in
                let (image, channel) = (index / shape[3], index % shape[3])
                return (0..<pixels).reduce(0) {
                    $0 + inputs[0][(image * pixels + $1) * shape[3] + channel] / Double(pixels)
                }
            }
        }
    }

    @Test func concatenation() {
        let shapes = [[2, 3, 4, 3], [2, 3, 4, 1], [2, 3, 4, 6]]
        let inputs = shapes.enumerated().map { testTensor("x\($0)", $1) }
        checkGradient(inputs: inputs, differentiable: [true, false, true]) {
            concatenate($0)
        } reference: { parts in
            (0..<24).flatMap { row in
                zip(parts, [3, 1, 6]).flatMap { part, width in part[row * width..<(row + 1) * width] }
            }
        }
    }
}
