import Autodiff
import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

/// Windows, and the tokens that they divide.
private struct WindowCase: CustomTestStringConvertible, Sendable {
    var batch = 1
    var height = 4
    var width = 4
    var heads = 1
    var depth = 3
    var shape = WindowShape(side: 2, shift: 0)
    var hasPadding = true
    var testDescription: String {
        "\(batch)×\(height)×\(width), \(heads)×\(depth), w \(shape.side), s \(shape.shift)"
    }
    var channels: Int { heads * depth }
    var tableShape: [Int] { [(2 * shape.side - 1) * (2 * shape.side - 1), heads] }
    var inputs: [Tensor] {
        [
            testTensor("qkv", [batch, height, width, 3 * channels], scale: 2), testTensor("padding", [3 * channels]),
            testTensor("table", tableShape, scale: 2),
        ]
    }
}

@Suite struct WindowAttentionTests {
    private static let cases = [
        WindowCase(), WindowCase(batch: 2, height: 5, width: 3, heads: 2, shape: WindowShape(side: 2, shift: 1)),
        WindowCase(batch: 2, height: 7, width: 5, heads: 3, shape: WindowShape(side: 3, shift: 1)),
        WindowCase(height: 2, width: 3, heads: 2, depth: 18, shape: WindowShape(side: 7, shift: 3)),
        WindowCase(height: 8, width: 15, shape: WindowShape(side: 7, shift: 3)),
        WindowCase(height: 6, width: 6, heads: 1, shape: WindowShape(side: 3, shift: 0), hasPadding: false),
    ]

    /// The map is really padded, rolled and divided.
    private func reference(_ p: [[Double]], _ c: WindowCase) -> [Double] {
        let (side, shift) = (c.shape.side, c.shape.shift)
        func whole(_ length: Int) -> Int { (length + side - 1) / side * side }
        let (rows, columns, width) = (whole(c.height), whole(c.width), 3 * c.channels)
        func region(_ place: Int, _ length: Int) -> Int {
            shift == 0 || place < length - side ? 0 : place < length - shift ? 1 : 2
        }
        var y = [Double](repeating: 0, count: c.batch * c.height * c.width * c.channels)
        for image in 0..<c.batch {
            /// q, k, v of the token at a place of the rolled map; nil and the padding's where there is none.
            func token(_ row: Int, _ column: Int) -> (at: Int?, values: ArraySlice<Double>) {
                let (sourceRow, sourceColumn) = ((row + shift) % rows, (column + shift) % columns)
                guard sourceRow < c.height, sourceColumn < c.width else { return (nil, p[1][...]) }
                let at = (image * c.height + sourceRow) * c.width + sourceColumn
                return (at, p[0][at * width..<(at + 1) * width])
            }
            for (row, column) in (0..<rows).flatMap({ row in (0..<columns).map { (row, $0) } }) {
                let query = token(row, column)
                guard let at = query.at else { continue }
                let (top, left) = (row / side * side, column / side * side)
                let keys = (0..<side * side).map { (top + $0 / side, left + $0 % side) }
                for head in 0..<c.heads {
                    func part(_ values: ArraySlice<Double>, _ index: Int, _ channel: Int) -> Double {
                        values[values.startIndex + index * c.channels + head * c.depth + channel]
                    }
                    let scores = keys.map { key -> Double in
                        let values = token(key.0, key.1).values
                        let product = (0..<c.depth).reduce(0) { $0 + part(query.values, 0, $1) * part(values, 1, $1) }
                        let distance = (row - key.0 + side - 1) * (2 * side - 1) + column - key.1 + side - 1
                        let isOther =
                            region(row, rows) != region(key.0, rows)
                            || region(column, columns) != region(key.1, columns)
                        return 0.4 * product + p[2][distance * c.heads + head] + (isOther ? -100 : 0)
                    }
                    let largest = scores.max() ?? 0
                    let sum = scores.reduce(0) { $0 + exp($1 - largest) }
                    for (score, key) in zip(scores, keys) {
                        let (weight, values) = (exp(score - largest) / sum, token(key.0, key.1).values)
                        for channel in 0..<c.depth {
                            y[at * c.channels + head * c.depth + channel] += weight * part(values, 2, channel)
                        }
                    }
                }
            }
        }
        return y
    }

    private func attention(_ inputs: [Variable], _ test: WindowCase) -> Variable {
        windowAttention(
            inputs[0], padding: test.hasPadding ? inputs[1] : nil, table: inputs[2], heads: test.heads, test.shape,
            scale: 0.4)
    }

    @Test(arguments: cases) private func valueAndGradients(test: WindowCase) {
        let isPadded = test.height % test.shape.side != 0 || test.width % test.shape.side != 0
        checkGradient(
            inputs: test.inputs, differentiable: [true, test.hasPadding && isPadded, true], samples: 30
        ) {
            attention($0, test)
        } reference: {
            reference($0, test)
        }
    }

    /// Windows of 12, by value alone: every row of a tile and every vector of a row is used.
    @Test func largeWindows() {
        let test = WindowCase(height: 20, width: 14, heads: 2, depth: 32, shape: WindowShape(side: 12, shift: 6))
        let y = attention(test.inputs.map { Variable($0) }, test)
        assertClose(y.value, reference(test.inputs.map { $0.array.map(Double.init) }, test))
    }

    /// Scores far apart neither overflow nor give NaN.
    @Test func largeScores() {
        let test = WindowCase(height: 5, width: 5, heads: 1, shape: WindowShape(side: 3, shift: 1))
        let inputs = [testTensor("qkv", [1, 5, 5, 9], scale: 30)] + test.inputs.dropFirst()
        let y = attention(inputs.map { Variable($0) }, test)
        assertClose(y.value, reference(inputs.map { $0.array.map(Double.init) }, test), tolerance: 1e-4)
    }

    @Test func sameBitsForAnyThreadCount() {
        let test = WindowCase(
            batch: 2, height: 40, width: 43, heads: 3, depth: 8, shape: WindowShape(side: 7, shift: 3))
        let dY = testTensor("dY", [2, 40, 43, 24])
        expectSameBits {
            let gradients = Gradients(count: 3)
            let leaves = test.inputs.enumerated().map { gradients.leaf($0, $1) }
            let y = attention(leaves, test)
            backward(weightedSum(y, dY))
            return [y.value, gradients[0], gradients[1], gradients[2]]
        }
    }
}
