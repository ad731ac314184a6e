import Autodiff
import Foundation
import Tensors
import Testing

/// Deterministic values in (−1, 1) for a test's inputs.
package func testTensor(_ name: String, _ shape: [Int], scale: Float = 1) -> Tensor {
    var stream = RandomStream(seed: 7, name: name)
    return Tensor((0..<shape.reduce(1, *)).map { _ in scale * Float(2 * stream.nextUniform() - 1) }, shape: shape)
}

/// Compares values with a Double reference: count and finiteness first, then the largest error against
/// `tolerance` × max(1, largest reference value).
package func assertClose(
    _ actual: Tensor, _ expected: [Double], tolerance: Double = 1e-5, _ what: String = "value",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        Issue.record("\(what): \(actual.count) values, expected \(expected.count)", sourceLocation: sourceLocation)
        return
    }
    var worst = (index: 0, error: -1.0)
    let magnitude = max(1, expected.lazy.map { abs($0) }.max() ?? 1)
    for (index, (a, b)) in zip(actual.array, expected).enumerated() {
        let error = a.isFinite ? abs(Double(a) - b) : .infinity
        if error > worst.error { worst = (index, error) }
    }
    let text = "\(what): worst error \(worst.error) at \(worst.index) of shape \(actual.shape)"
    #expect(worst.error <= tolerance * magnitude, "\(text)", sourceLocation: sourceLocation)
}

/// Checks an op's value, and its gradients against central finite differences of a Double reference.
///
/// - Parameters:
///   - inputs: the op's inputs; `differentiable` says which of them get gradients (all, unless given).
///   - operation: the op under test.
///   - reference: the same function on the flattened inputs in Double, returning the flattened output.
///   - samples: about how many entries of each input are differenced; at least one of every channel (its last axis).
package func checkGradient(
    inputs: [Tensor], differentiable: [Bool]? = nil, valueTolerance: Double = 1e-5, tolerance: Double = 1e-4,
    samples: Int = 60, operation: ([Variable]) -> Variable, reference: ([[Double]]) -> [Double],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let wanted = differentiable ?? inputs.map { _ in true }
    let box = GradientBox(count: inputs.count)
    let variables = zip(inputs, wanted).enumerated().map { index, pair in
        pair.1 ? Variable(leaf: pair.0) { box.gradients[index] = $0 } : Variable(pair.0)
    }
    let output = operation(variables)
    var points = inputs.map { $0.array.map(Double.init) }
    assertClose(output.value, reference(points), tolerance: valueTolerance, sourceLocation: sourceLocation)

    let weights = testTensor("cotangent", output.shape)
    backward(weightedSum(output, weights))
    let cotangent = weights.array.map(Double.init)
    func objective(_ points: [[Double]]) -> Double {
        zip(reference(points), cotangent).reduce(0) { $0 + $1.0 * $1.1 }
    }
    for index in inputs.indices where wanted[index] {
        guard let gradient = box.gradients[index] else {
            Issue.record("input \(index) got no gradient", sourceLocation: sourceLocation)
            continue
        }
        #expect(gradient.shape == inputs[index].shape, "gradient \(index)", sourceLocation: sourceLocation)
        let entries = sampledEntries(of: inputs[index].shape, about: samples)
        let step = 1e-5
        let differences = entries.map { entry -> Double in
            let centre = points[index][entry]
            points[index][entry] = centre + step
            let above = objective(points)
            points[index][entry] = centre - step
            let below = objective(points)
            points[index][entry] = centre
            return (above - below) / (2 * step)
        }
        let picked = gradient.array
        let actual = Tensor(entries.map { picked[$0] }, shape: [entries.count])
        assertClose(
            actual, differences, tolerance: tolerance, "gradient of input \(index)", sourceLocation: sourceLocation)
    }
}

/// Entries of a tensor at equal distances, some of every channel: the distance shares no factor with the last axis.
package func sampledEntries(of shape: [Int], about samples: Int) -> [Int] {
    let (count, channels) = (shape.reduce(1, *), shape.last ?? 1)
    func hasCommonFactor(_ stride: Int) -> Bool {
        var (a, b) = (stride, channels)
        while b != 0 { (a, b) = (b, a % b) }
        return a > 1
    }
    var stride = max(1, count / max(samples, channels))
    while hasCommonFactor(stride) { stride -= 1 }
    return Array(Swift.stride(from: 0, to: count, by: stride))
}

private final class GradientBox {
    var gradients: [Tensor?]
    init(count: Int) { gradients = Array(repeating: nil, count: count) }
}

/// Σ w·y as a scalar variable, so that a test can differentiate any op.
package func weightedSum(_ y: Variable, _ weights: Tensor) -> Variable {
    let sum = zip(y.value.array, weights.array).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    return record(Tensor([Float(sum)], shape: [1]), inputs: [y]) { dLoss in
        [Tensor(weights.array.map { $0 * dLoss.scalar }, shape: weights.shape)]
    }
}

/// Runs `body` with one thread and with three, and expects equal bits. At least one loop must really run on so many: it
/// needs three tiles.
package func expectSameBits(
    _ body: () throws -> [Tensor], sourceLocation: SourceLocation = #_sourceLocation
) rethrows {
    let bits = try [1, 3].map { threads in
        let (tensors, active) = try ThreadPool.withThreads(threads, body)
        #expect(active == threads, "loops ran on \(active) of \(threads) threads", sourceLocation: sourceLocation)
        return tensors.map { $0.array.map(\.bitPattern) }
    }
    #expect(bits[0] == bits[1], "results depend on the thread count", sourceLocation: sourceLocation)
}
