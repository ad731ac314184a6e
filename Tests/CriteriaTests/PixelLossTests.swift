import Annotations
import Autodiff
import Criteria
import Foundation
import Tensors
import TestSupport
import Testing

/// Two images of different sizes; their logits are enlarged to more than the canvas, some labels are ignored.
@Suite struct PixelLossTests {
    private static let sizes = [ImageSize(height: 10, width: 7), ImageSize(height: 8, width: 11)]
    private static let (height, width, stride, ignored) = (4, 5, 3, 300)

    private static func labels(_ classes: Int) -> [[UInt16]] {
        sizes.enumerated().map { image, size in
            var stream = RandomStream(seed: 3, name: "labels \(image)")
            return (0..<size.area).map { _ in
                let label = Int(stream.next() % UInt64(classes + 2))
                return UInt16(label < classes ? label : ignored)
            }
        }
    }

    private static func loss(
        _ logits: Variable, divisor: PixelDivisor = .counted, bandRows: Int = 16
    ) -> Variable {
        let maps = zip(labels(logits.value.channels), sizes).map { PixelLabels(labels: $0, size: $1, ignored: ignored) }
        return pixelLoss(
            logits, labels: maps, canvas: ImageSize(height: 10, width: 11), enlargement: .stride(stride), weight: 1.5,
            divisor: divisor, bandRows: bandRows)
    }

    @Test("the mean cross-entropy of the pixels that count", arguments: [1, 3, 16, 35])
    func crossEntropy(classes: Int) {
        let shape = [2, Self.height, Self.width, classes]
        let (rows, columns) = (Self.height * Self.stride, Self.width * Self.stride)
        // The largest errors seen are 1.6e-7 of the loss and 9e-9 of a gradient.
        checkGradient(
            inputs: [testTensor("logits", shape, scale: 4)], valueTolerance: 1e-6, tolerance: 4e-8,
            operation: { Self.loss($0[0]) },
            reference: { inputs in
                let enlarged = resizeReference(inputs[0], shape, height: rows, width: columns)
                var (sum, count) = (0.0, 0.0)
                for (image, labels) in Self.labels(classes).enumerated() {
                    let across = Self.sizes[image].width
                    for (pixel, label) in labels.enumerated() where Int(label) != Self.ignored {
                        let place = (image * rows + pixel / across) * columns + pixel % across
                        let x = Array(enlarged[place * classes..<(place + 1) * classes])
                        sum += log(x.reduce(0) { $0 + exp($1) }) - x[Int(label)]
                        count += 1
                    }
                }
                return [1.5 * sum / count]
            })
    }

    @Test("divided by all pixels of the canvas, those of both images and those beyond them")
    func allPixels() {
        let logits = testTensor("logits", [2, Self.height, Self.width, 3], scale: 4)
        let count = Self.labels(3).joined().count { Int($0) != Self.ignored }
        let counted = Double(Self.loss(Variable(logits)).value.scalar)
        let all = Double(Self.loss(Variable(logits), divisor: .all).value.scalar)
        #expect(abs(all * Double(2 * 10 * 11) / (counted * Double(count)) - 1) < 1e-6)
    }

    /// What is divided by a count of the batch is another loss where SOLVER.ACCUMULATE takes the batch apart.
    @Test func lossesThatDependOnTheWholeBatch() {
        var configuration = PixelCriterion.Configuration()
        #expect(PixelCriterion(configuration).dependsOnWholeBatch)
        configuration.divisor = .all
        #expect(!PixelCriterion(configuration).dependsOnWholeBatch)
        #expect(SetCriterion().dependsOnWholeBatch && FullMaskCriterion().dependsOnWholeBatch)
        #expect(PIDNetCriterion().dependsOnWholeBatch)
    }

    @Test("the height of a band and the number of threads change no bit", arguments: [3, 35])
    func bands(classes: Int) {
        func run(bandRows: Int) -> [Tensor] {
            let gradients = Gradients(count: 1)
            let logits = testTensor("logits", [2, Self.height, Self.width, classes], scale: 4)
            let loss = Self.loss(gradients.leaf(0, logits), bandRows: bandRows)
            backward(loss)
            return [loss.value, gradients[0]]
        }
        let whole = run(bandRows: 16).map { $0.array.map(\.bitPattern) }
        for bandRows in 1...3 { #expect(run(bandRows: bandRows).map { $0.array.map(\.bitPattern) } == whole) }
        expectSameBits { run(bandRows: 1) }
    }

    /// Between two columns that name different classes with certainty, all powers by the larger of them are 0.
    @Test func pixelsFarBelowTheirColumnsHaveAMaximumOfTheirOwn() {
        let (low, high): (Float, Float) = (-400, 100)
        let logits = Tensor([high, low, 0, low, high, 0], shape: [1, 1, 2, 3])
        let size = ImageSize(height: 1, width: 8)
        let labels = PixelLabels(labels: [UInt16](repeating: 2, count: 8), size: size, ignored: 255)
        let gradients = Gradients(count: 1)
        let loss = pixelLoss(
            gradients.leaf(0, logits), labels: [labels], canvas: size, enlargement: .stride(4), weight: 1)
        backward(loss)
        // A pixel between the two has 100 − 500 t and 500 t − 400 for the first classes.
        var (expected, gradient) = (0.0, Array(repeating: 0.0, count: 6))
        for pixel in 0..<8 {
            let t = min(max((Double(pixel) + 0.5) / 4 - 0.5, 0), 1)
            let x = [100 - 500 * t, 500 * t - 400, 0]
            let most = x.reduce(x[0], max)
            let total = x.reduce(0) { $0 + exp($1 - most) }
            expected += (log(total) + most) / 8
            for c in 0..<3 {
                let slope = (exp(x[c] - most) / total - (c == 2 ? 1 : 0)) / 8
                gradient[c] += (1 - t) * slope
                gradient[3 + c] += t * slope
            }
        }
        #expect(abs(Double(loss.value.scalar) / expected - 1) < 1e-6)
        #expect(zip(gradients[0].array, gradient).allSatisfy { abs(Double($0) - $1) < 1e-7 })
    }

    /// Whatever logit is no number, the loss of its pixels is none.
    @Test(arguments: [0, 1, 2]) func notANumberStays(channel: Int) {
        let logits = Tensor(zeros: [1, 1, 2, 3])
        logits.data[channel] = .nan
        let labels = PixelLabels(labels: [1, 1], size: ImageSize(height: 1, width: 2), ignored: 255)
        let loss = pixelLoss(
            Variable(logits), labels: [labels], canvas: ImageSize(height: 1, width: 2), enlargement: .stride(1),
            weight: 1)
        #expect(loss.value.scalar.isNaN)
    }

    @Test("extremes stay finite, and logits without a graph have the same loss")
    func extremes() {
        let logits = Tensor([900, -900, -900, 900], shape: [1, 1, 2, 2])
        let labels = PixelLabels(labels: [0, 0], size: ImageSize(height: 1, width: 2), ignored: 255)
        func loss(_ logits: Variable) -> Variable {
            pixelLoss(
                logits, labels: [labels], canvas: ImageSize(height: 1, width: 2), enlargement: .stride(1), weight: 1)
        }
        let gradients = Gradients(count: 1)
        let total = loss(gradients.leaf(0, logits))
        backward(total)
        #expect(total.value.array == [900])
        #expect(loss(Variable(logits)).value.array == [900])
        #expect(gradients[0].array == [0, 0, -0.5, 0.5])
    }
}
