import Autodiff
import Foundation
import Tensors
import TestSupport
import Testing

/// The moments of every `stride`-th value from `start`.
private func moments(_ x: [Double], from start: Int, by stride: Int, count: Int) -> (mean: Double, variance: Double) {
    let values = (0..<count).map { x[start + $0 * stride] }
    let mean = values.reduce(0, +) / Double(count)
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count))
}

/// Checks that a norm with a residual computes what the sum of the two does, the ReLU included, and its gradients.
private func checkResidual(
    _ tensors: [Tensor], relu: Bool, _ norm: ([Variable], _ residual: Variable?, _ relu: Bool) -> Variable
) {
    let shape = tensors[0].shape
    let inputs = tensors + [testTensor("residual", shape)]
    func run(_ op: ([Variable]) -> Variable) -> (Tensor, [Tensor]) {
        let gradients = Gradients(count: 4)
        let y = op(inputs.enumerated().map { gradients.leaf($0, $1) })
        backward(weightedSum(y, testTensor("dY", shape)))
        return (y.value, (0..<4).map { gradients[$0] })
    }
    let (y, gradients) = run { norm($0, $0[3], relu) }
    let (expected, expectedGradients) = run {
        let sum = add(norm($0, nil, false), $0[3])
        return relu ? Autodiff.relu(sum) : sum
    }
    assertClose(y, expected.array.map(Double.init))
    for (a, b) in zip(gradients, expectedGradients) { assertClose(a, b.array.map(Double.init)) }
}

@Suite struct BatchNormTests {
    private func reference(_ p: [[Double]], channels: Int, epsilon: Double, relu: Bool) -> [Double] {
        let rows = p[0].count / channels
        let statistics = (0..<channels).map { moments(p[0], from: $0, by: channels, count: rows) }
        return p[0].indices.map { index in
            let channel = index % channels
            let (mean, variance) = statistics[channel]
            let y = (p[0][index] - mean) / (variance + epsilon).squareRoot() * p[1][channel] + p[2][channel]
            return relu ? max(y, 0) : y
        }
    }

    private func inputs(_ shape: [Int]) -> [Tensor] {
        let channels = shape[shape.count - 1]
        return [testTensor("x", shape), testTensor("weight", [channels]), testTensor("bias", [channels])]
    }

    @Test(arguments: [[2, 1], [5, 3], [2, 3, 4, 5], [3, 7, 17]], [true, false])
    func valueAndGradients(shape: [Int], relu: Bool) {
        checkGradient(inputs: inputs(shape), valueTolerance: 2e-5, tolerance: 3e-4) {
            batchNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 1e-3, relu: relu).output
        } reference: {
            reference($0, channels: shape[shape.count - 1], epsilon: 1e-3, relu: relu)
        }
    }

    @Test(arguments: [[5, 3], [2, 3, 4, 6], [1, 5, 7, 39]], [true, false])
    func addsAResidual(shape: [Int], relu: Bool) {
        checkResidual(inputs(shape), relu: relu) {
            batchNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 1e-3, relu: $2, residual: $1).output
        }
    }

    /// A large mean must not drown the variance, and many rows must not wear the sums down.
    @Test func statisticsAreAccurate() {
        let shape = [2, 50, 60, 3]
        let x = Tensor(testTensor("x", shape).array.enumerated().map { $1 * 0.1 + Float($0 % 3) * 50 }, shape: shape)
        let one = Variable(Tensor(repeating: 1, shape: [3]))
        let result = batchNorm(Variable(x), weight: one, bias: one, epsilon: 1e-5, relu: false)
        let values = x.array.map(Double.init)
        let expected = (0..<3).map { moments(values, from: $0, by: 3, count: 6000) }
        assertClose(result.mean, expected.map(\.mean), tolerance: 1e-7)
        for (a, b) in zip(result.variance.array, expected) { #expect(abs(Double(a) / b.variance - 1) < 1e-6) }
    }

    @Test(arguments: [true, false]) func oneValueAChannel(relu: Bool) {
        let (x, weight) = (testTensor("x", [1, 1, 1, 6]), testTensor("weight", [6]))
        let (bias, dY) = (testTensor("bias", [6]), testTensor("dY", [1, 1, 1, 6]))
        let gradients = Gradients(count: 1)
        let result = batchNorm(
            gradients.leaf(0, x), weight: Variable(weight), bias: Variable(bias), epsilon: 1e-5, relu: relu)
        backward(weightedSum(result.output, dY))
        assertClose(result.output.value, bias.array.map { Double(relu ? max($0, 0) : $0) })
        assertClose(result.variance, Array(repeating: 0, count: 6))
        assertClose(gradients[0], Array(repeating: 0, count: 6), tolerance: 1e-4)
    }

    @Test func sameBitsForAnyThreadCount() {
        let tensors = inputs([2, 70, 80, 24])
        let dY = testTensor("dY", [2, 70, 80, 24])
        expectSameBits {
            let gradients = Gradients(count: 3)
            let leaves = tensors.enumerated().map { gradients.leaf($0, $1) }
            let result = batchNorm(leaves[0], weight: leaves[1], bias: leaves[2], epsilon: 1e-5, relu: true)
            backward(weightedSum(result.output, dY))
            return [result.output.value, result.mean, result.variance] + (0..<3).map { gradients[$0] }
        }
    }

    @Test(arguments: [[1, 1], [5, 3], [2, 3, 4, 17]], [true, false])
    func channelAffineValueAndGradients(shape: [Int], relu: Bool) {
        let channels = shape[shape.count - 1]
        for differentiable in [
            [true, true, true], [true, false, false], [false, true, false], [false, false, true],
        ] {
            checkGradient(inputs: inputs(shape), differentiable: differentiable) {
                channelAffine($0[0], scale: $0[1], shift: $0[2], relu: relu)
            } reference: { p in
                p[0].indices.map { index in
                    let y = p[0][index] * p[1][index % channels] + p[2][index % channels]
                    return relu ? max(y, 0) : y
                }
            }
        }
    }
}

@Suite struct GroupNormTests {
    private func inputs(_ shape: [Int]) -> [Tensor] {
        [testTensor("x", shape), testTensor("weight", [shape[3]]), testTensor("bias", [shape[3]])]
    }

    @Test(
        arguments: [([1, 1, 2, 3], 1), ([2, 3, 4, 6], 3), ([3, 5, 7, 17], 17), ([2, 2, 2, 40], 2)], [true, false])
    func valueAndGradients(_ sizes: ([Int], Int), relu: Bool) {
        let (shape, groups) = sizes
        let (pixels, channels) = (shape[1] * shape[2], shape[3])
        let width = channels / groups
        for differentiable in [
            [true, true, true], [true, false, false], [false, true, false], [false, false, true],
        ] {
            checkGradient(
                inputs: inputs(shape), differentiable: differentiable, valueTolerance: 2e-5, tolerance: 3e-4
            ) {
                groupNorm($0[0], weight: $0[1], bias: $0[2], groups: groups, epsilon: 1e-3, relu: relu)
            } reference: { p in
                let statistics = (0..<shape[0] * groups).map { part -> (mean: Double, variance: Double) in
                    let first = part / groups * pixels * channels + part % groups * width
                    let values = (0..<pixels).flatMap { p[0][first + $0 * channels..<first + $0 * channels + width] }
                    return moments(values, from: 0, by: 1, count: values.count)
                }
                return p[0].indices.map { index in
                    let (image, channel) = (index / (pixels * channels), index % channels)
                    let (mean, variance) = statistics[image * groups + channel / width]
                    let y = (p[0][index] - mean) / (variance + 1e-3).squareRoot() * p[1][channel] + p[2][channel]
                    return relu ? max(y, 0) : y
                }
            }
        }
    }

    @Test(arguments: [true, false]) func addsAResidual(relu: Bool) {
        checkResidual(inputs([2, 3, 4, 18]), relu: relu) {
            groupNorm($0[0], weight: $0[1], bias: $0[2], groups: 3, epsilon: 1e-3, relu: $2, residual: $1)
        }
    }

    @Test func sameBitsForAnyThreadCount() {
        let tensors = inputs([2, 70, 80, 24])
        expectSameBits {
            let gradients = Gradients(count: 3)
            let leaves = tensors.enumerated().map { gradients.leaf($0, $1) }
            let y = groupNorm(leaves[0], weight: leaves[1], bias: leaves[2], groups: 4, epsilon: 1e-5)
            backward(weightedSum(y, testTensor("dY", y.shape)))
            return [y.value] + (0..<3).map { gradients[$0] }
        }
    }
}

@Suite struct LayerNormTests {
    @Test(arguments: [[1, 2], [4, 3], [2, 5, 33]]) func valueAndGradients(shape: [Int]) {
        let channels = shape[shape.count - 1]
        let inputs = [testTensor("x", shape), testTensor("weight", [channels]), testTensor("bias", [channels])]
        checkGradient(inputs: inputs, valueTolerance: 2e-5, tolerance: 3e-4) {
            layerNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 1e-3)
        } reference: { p in
            let statistics = (0..<p[0].count / channels).map {
                moments(p[0], from: $0 * channels, by: 1, count: channels)
            }
            return p[0].indices.map { index in
                let (mean, variance) = statistics[index / channels]
                let normalized = (p[0][index] - mean) / (variance + 1e-3).squareRoot()
                return normalized * p[1][index % channels] + p[2][index % channels]
            }
        }
    }

    @Test func sameBitsForAnyThreadCount() {
        let (x, row) = (testTensor("x", [2, 1500, 40]), testTensor("weight", [40]))
        expectSameBits {
            let gradients = Gradients(count: 3)
            let y = layerNorm(
                gradients.leaf(0, x), weight: gradients.leaf(1, row), bias: gradients.leaf(2, row), epsilon: 1e-5)
            backward(weightedSum(y, x))
            return [y.value, gradients[0], gradients[1], gradients[2]]
        }
    }
}

@Suite struct L2NormalizeTests {
    private func reference(_ x: [Double], _ shape: [Int], axis: Int, epsilon: Double) -> [Double] {
        let (length, inner) = (shape[axis], shape[(axis + 1)...].reduce(1, *))
        return x.indices.map { index in
            let start = index / (length * inner) * length * inner + index % inner
            let squares = (0..<length).reduce(0.0) { $0 + x[start + $1 * inner] * x[start + $1 * inner] }
            return x[index] / max(squares.squareRoot(), epsilon)
        }
    }

    // The second epsilon is above the norm of some lines and below that of others.
    @Test(arguments: [([6], 0), ([2, 3, 5], 2), ([2, 3, 5], 1), ([2, 3, 5], 0), ([1, 4, 130], 1)], [1e-12, 1.1])
    func valueAndGradient(_ sizes: ([Int], Int), epsilon: Double) {
        let (shape, axis) = sizes
        checkGradient(inputs: [testTensor("x", shape)], tolerance: 2e-4) {
            l2Normalize($0[0], axis: axis, epsilon: Float(epsilon))
        } reference: {
            reference($0[0], shape, axis: axis, epsilon: epsilon)
        }
    }

    @Test func zeroStaysZero() {
        let y = l2Normalize(Variable(Tensor(zeros: [2, 3])), axis: 1, epsilon: 1e-12)
        #expect(y.value.array == Array(repeating: 0, count: 6))
    }

    @Test(arguments: [1, 2]) func sameBitsForAnyThreadCount(axis: Int) {
        let x = testTensor("x", [2, 300, 256])
        expectSameBits {
            let gradients = Gradients(count: 1)
            let y = l2Normalize(gradients.leaf(0, x), axis: axis, epsilon: 1e-12)
            backward(weightedSum(y, testTensor("dY", x.shape)))
            return [y.value, gradients[0]]
        }
    }
}
