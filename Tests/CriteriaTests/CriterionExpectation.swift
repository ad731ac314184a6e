import Annotations
import Autodiff
import Networks
import Tensors
import TestSupport
import Testing

/// What the official criterion computes for inputs that are functions of names.
struct CriterionExpectation: Sendable, CustomTestStringConvertible {
    let name: String
    let outputs: Int
    let queries: Int
    let classes: [[Int]]
    let sizes: [(Int, Int)]
    var canvas = (24, 32)
    /// Of the mask features.
    var features = (6, 8)
    /// Whether query i predicts class i.
    var isFixed = false
    let lossNames: [String]
    let losses: [Double]
    let dFeatures: [Double]
    /// Of all outputs, one after another.
    let dLogits: [Double]
    let dEmbeddings: [Double]

    var testDescription: String { name }

    var canvasSize: ImageSize { ImageSize(height: canvas.0, width: canvas.1) }

    /// Cells of 5 × 5 pixels; their segment is the next random number, none where it is the last.
    var targets: [MaskTargets] {
        zip(classes, sizes).enumerated().map { image, pair in
            let (classes, (height, width)) = pair
            let across = (width + 4) / 5
            var stream = RandomStream(seed: 7, name: "\(name) cells \(image)")
            let cells = (0..<(height + 4) / 5 * across).map { _ -> Int32 in
                let segment = Int(stream.next() % UInt64(classes.count + 1))
                return segment < classes.count ? Int32(segment) : -1
            }
            let segments = (0..<height * width).map { cells[$0 / width / 5 * across + $0 % width / 5] }
            return MaskTargets(classes: classes, height: height, width: width, segments: segments)
        }
    }
}

/// A network's leaves, and their gradients.
final class Leaves {
    var features: Tensor?
    var logits: [Int: Tensor] = [:]
    var embeddings: [Int: Tensor] = [:]

    func predictions(_ expected: CriterionExpectation) -> MaskPredictions {
        predictions(
            expected.name, batch: expected.classes.count, outputs: expected.outputs, queries: expected.queries,
            size: expected.features)
    }

    func predictions(
        _ name: String, batch: Int, outputs: Int, queries: Int, size: (Int, Int) = (6, 8), images: Int? = nil
    ) -> MaskPredictions {
        MaskPredictions(
            classLogits: (0..<outputs).map { k in
                Variable(leaf: testTensor("\(name) logits \(k)", [batch, queries, 5], scale: 2)) { self.logits[k] = $0 }
            },
            maskEmbeddings: (0..<outputs).map { k in
                Variable(leaf: testTensor("\(name) embeddings \(k)", [batch, queries, 5], scale: 2)) {
                    self.embeddings[k] = $0
                }
            },
            maskFeatures: Variable(
                leaf: testTensor("\(name) features", [batch, size.0, size.1, 5]), images: images
            ) { self.features = $0 })
    }
}

func joined(_ gradients: [Int: Tensor], _ count: Int) -> Tensor {
    let values = (0..<count).flatMap { gradients[$0]?.array ?? [] }
    return Tensor(values, shape: [values.count])
}

extension MaskPredictions {
    /// The same with one NaN in "pred_logits" of auxiliary output 1, "mask embeddings" of output 2 or "mask features".
    func poisoned(_ name: String) -> MaskPredictions {
        func poisoned(_ variable: Variable, _ index: Int, _ isWanted: Bool) -> Variable {
            var values = variable.value.array
            if isWanted { values[index] = .nan }
            return Variable(Tensor(values, shape: variable.shape))
        }
        return MaskPredictions(
            classLogits: classLogits.enumerated().map { poisoned($1, 37, name == "pred_logits" && $0 == 1) },
            maskEmbeddings: maskEmbeddings.enumerated().map { poisoned($1, 37, name == "mask embeddings" && $0 == 2) },
            maskFeatures: poisoned(maskFeatures, 247, name == "mask features"))
    }
}
