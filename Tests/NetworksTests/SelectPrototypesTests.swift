import Autodiff
import MaskClassifiers
import Tensors
import TestSupport
import Testing

/// The definition, with all similarities at once: the indices [B, heads, Q] that torch's arg-max over
/// −∞-filled rows gives.
private func mostSimilarReference(
    memory: Tensor, query: Tensor, maskLogits: [Float]?, heads: Int
) -> [Int] {
    let (images, pixels, channels) = (memory.shape[0], memory.shape[1], memory.shape[2])
    let queries = query.shape[1]
    let (x, q, width) = (memory.array, query.array, channels / heads)
    return (0..<images).flatMap { image -> [Int] in
        var excluded = (0..<pixels * queries).map { (maskLogits?[image * pixels * queries + $0] ?? 0) < 0 }
        let excludesAll = (0..<queries).map { query in
            (0..<pixels).allSatisfy { excluded[$0 * queries + query] }
        }
        if excludesAll.allSatisfy({ $0 }) { excluded = excluded.map { _ in false } }
        return (0..<heads * queries).map { entry in
            let (head, query) = (entry / queries, entry % queries)
            let row = (0..<pixels).map { pixel -> Double in
                if excluded[pixel * queries + query] { return -.infinity }
                return (0..<width).reduce(0) { sum, d in
                    let channel = head * width + d
                    return sum + Double(x[(image * pixels + pixel) * channels + channel])
                        * Double(q[(image * queries + query) * channels + channel])
                }
            }
            return row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
        }
    }
}

/// The gather of the chosen heads: [B, Q, C].
private func gatherReference(
    _ memory: [Double], _ shape: [Int], _ indices: [Int], queries: Int, heads: Int
) -> [Double] {
    let (pixels, channels) = (shape[1], shape[2])
    return (0..<shape[0] * queries * channels).map { index in
        let (site, channel) = (index / channels, index % channels)
        let (image, head) = (site / queries, channel / (channels / heads))
        let pixel = indices[(image * heads + head) * queries + site % queries]
        return memory[(image * pixels + pixel) * channels + channel]
    }
}

/// How the mask logits of a test exclude positions.
enum Exclusion: CaseIterable { case absent, some, oneQueryWhole, everyQueryWhole, oneImageWhole }

@Suite struct SelectPrototypesTests {
    private func maskLogits(_ exclusion: Exclusion, _ shape: [Int]) -> Tensor? {
        var values = testTensor("logits", shape).array
        let (image, queries) = (shape[1] * shape[2], shape[2])
        switch exclusion {
        case .absent: return nil
        case .some: break
        case .oneQueryWhole:
            for index in values.indices where index % queries == 1 { values[index] = -1 }
        case .everyQueryWhole:
            for index in values.indices { values[index] = -1 }
        case .oneImageWhole:
            for index in 0..<image { values[index] = -1 }
        }
        return Tensor(values, shape: shape)
    }

    // 700 pixels: more than one chunk, and a last one that fills no tile.
    @Test(arguments: Exclusion.allCases, [5, 700])
    func valueAndGradient(exclusion: Exclusion, pixels: Int) {
        let (shape, queries, heads) = ([2, pixels, 24], 3, 3)
        let (memory, query) = (testTensor("memory", shape), testTensor("query", [2, queries, 24]))
        let logits = maskLogits(exclusion, [2, pixels, queries])
        let indices = mostSimilarReference(
            memory: memory, query: query, maskLogits: logits?.array, heads: heads)
        checkGradient(
            inputs: [memory], valueTolerance: 0, tolerance: 1e-6, samples: pixels == 5 ? 240 : 30,
            operation: { selectPrototypes(memory: $0[0], query: query, maskLogits: logits, heads: heads) },
            reference: { gatherReference($0[0], shape, indices, queries: queries, heads: heads) })
    }

    @Test func theFirstOfEqualsIsChosen() {
        let pixels = 1300
        let memory = Tensor((0..<pixels).flatMap { [1, Float($0)] }, shape: [1, pixels, 2])
        let y = selectPrototypes(
            memory: Variable(memory), query: Tensor([1, 0], shape: [1, 1, 2]), maskLogits: nil, heads: 1)
        #expect(y.value.array == [1, 0])
    }

    @Test func queriesThatChooseOneTokenAddTheirGradients() {
        var gradient: Tensor?
        let memory = Variable(leaf: Tensor([1, 0, 0, 1], shape: [1, 2, 2])) { gradient = $0 }
        let query = Tensor([1, 0, 2, 0, 3, 0], shape: [1, 3, 2])
        let y = selectPrototypes(memory: memory, query: query, maskLogits: nil, heads: 1)
        backward(weightedSum(y, Tensor([1, 2, 3, 4, 5, 6], shape: [1, 3, 2])))
        #expect(gradient?.array == [9, 12, 0, 0])
    }

    @Test func bitsDoNotDependOnThreads() {
        let (memory, query) = (testTensor("memory", [2, 2000, 32]), testTensor("query", [2, 9, 32]))
        let logits = testTensor("logits", [2, 2000, 9])
        expectSameBits {
            var gradients: [Tensor] = []
            let y = selectPrototypes(
                memory: Variable(leaf: memory) { gradients.append($0) }, query: query, maskLogits: logits,
                heads: 8)
            backward(weightedSum(y, testTensor("w", y.shape)))
            return [y.value] + gradients
        }
    }
}
