import Autodiff
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct GateTests {
    private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    @Test(arguments: [[1, 2, 3, 5], [2, 1, 4, 33]], [false, true])
    func sumWithBase(shape: [Int], complements: Bool) {
        let inputs = ["base", "x", "gate"].map { testTensor($0, shape, scale: 2) }
        checkGradient(inputs: inputs) {
            gatedSum($0[0], $0[1], gate: $0[2], complements: complements)
        } reference: { inputs in
            inputs[0].indices.map {
                inputs[0][$0] + Self.sigmoid(complements ? -inputs[2][$0] : inputs[2][$0]) * inputs[1][$0]
            }
        }
    }

    @Test func sumWithoutBase() {
        checkGradient(inputs: ["x", "gate"].map { testTensor($0, [2, 3, 1, 7], scale: 2) }) {
            gatedSum(nil, $0[0], gate: $0[1])
        } reference: { inputs in
            inputs[0].indices.map { Self.sigmoid(inputs[1][$0]) * inputs[0][$0] }
        }
    }

    @Test(arguments: [(1, 1, 1, 3, 1), (2, 3, 5, 17, 9), (1, 4, 4, 64, 32)], [false, true])
    func pixels(sizes: (Int, Int, Int, Int, Int), relu: Bool) {
        let (images, height, width, channels, keys) = sizes
        let (pixels, area) = (images * height * width, [images, height, width])
        let inputs =
            ["x", "y"].map { testTensor($0, area + [channels], scale: 2) }
            + ["keyX", "keyY"].map { testTensor($0, area + [keys]) }
        checkGradient(inputs: inputs) {
            pixelAttention($0[0], $0[1], keyX: $0[2], keyY: $0[3], relu: relu)
        } reference: { inputs in
            (0..<pixels).flatMap { pixel -> [Double] in
                let weight = Self.sigmoid(
                    (pixel * keys..<(pixel + 1) * keys).reduce(0) { $0 + inputs[2][$1] * inputs[3][$1] })
                return (pixel * channels..<(pixel + 1) * channels).map {
                    let value = weight * inputs[1][$0] + (1 - weight) * inputs[0][$0]
                    return relu ? max(value, 0) : value
                }
            }
        }
    }

    @Test func bitsDoNotDependOnThreads() {
        let (shape, keyShape) = ([2, 40, 50, 32], [2, 40, 50, 16])
        expectSameBits {
            let gradients = Gradients(count: 4)
            func leaf(_ index: Int) -> Variable {
                gradients.leaf(index, testTensor("input \(index)", index < 2 ? shape : keyShape))
            }
            let y = pixelAttention(leaf(0), leaf(1), keyX: leaf(2), keyY: leaf(3))
            backward(weightedSum(y, testTensor("w", shape)))
            return [y.value] + (0..<4).map { gradients[$0] }
        }
    }
}
