import Autodiff
import Tensors
import TestSupport
import Testing

/// What a linear map saves of its input is made again in the backward pass, to the same bits.
@Suite struct RemadeTests {
    /// An op on a map [2, 4, 6, 32].
    enum Op: CaseIterable {
        case layerNorm, gelu, groupNorm, groupNormAndReLU, groupNormAndEnlarged, enlarged, reduced, positions, chain
    }

    @Test(arguments: Op.allCases)
    func weightGradientHasTheBitsOfKeptValues(op: Op) {
        let x = Variable(leaf: testTensor("x", [2, 4, 6, 32])) { _ in }
        let y = apply(op, to: x)
        #expect(expectedGradient(y.value) == weightGradient(y))
    }

    private func apply(_ op: Op, to x: Variable) -> Variable {
        func constant(_ name: String, _ shape: [Int]) -> Variable { Variable(testTensor(name, shape)) }
        func norm(_ x: Variable, relu: Bool = false, residual: Variable? = nil) -> Variable {
            groupNorm(
                x, weight: constant("weight", [32]), bias: constant("bias", [32]), groups: 4, epsilon: 1e-5, relu: relu,
                residual: residual)
        }
        func layer(_ x: Variable) -> Variable {
            layerNorm(x, weight: constant("weight", [32]), bias: constant("bias", [32]), epsilon: 1e-5)
        }
        let small = Variable(leaf: testTensor("small", [2, 2, 3, 32])) { _ in }
        switch op {
        case .layerNorm: return layer(x)
        case .gelu: return gelu(x)
        case .groupNorm: return norm(x)
        case .groupNormAndReLU: return norm(x, relu: true)
        case .groupNormAndEnlarged: return norm(x, residual: resizeBilinear(small, height: 4, width: 6))
        case .enlarged: return resizeBilinear(x, height: 7, width: 9)
        case .reduced: return resizeBilinear(x, height: 3, width: 5)
        case .positions: return add(layer(x), constant("position", [4, 6, 32]))
        case .chain: return reshape(gelu(layer(x)), [2, 24, 32])
        }
    }

    /// Of Σ probe · (y · Wᵀ).
    private func weightGradient(_ y: Variable) -> [Float] {
        var gradient: [Float] = []
        let weight = Variable(leaf: testTensor("linear", [5, 32])) { gradient = $0.array }
        let result = linear(y, weight: weight, bias: nil)
        backward(weightedSum(result, testTensor("probe", result.shape)))
        return gradient
    }

    private func expectedGradient(_ values: Tensor) -> [Float] { weightGradient(Variable(values)) }
}
