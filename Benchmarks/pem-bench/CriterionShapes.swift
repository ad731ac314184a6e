import Annotations
import Autodiff
import Criteria
import Networks
import Tensors

/// The criteria of MaskFormer and of its per-pixel baseline: two images, logits at stride 4, ten segments an image.
enum CriterionShapes {
    private static let (images, queries, channels, segments) = (2, 100, 256, 10)

    /// Six outputs of 100 queries: matching and losses, then what the backward pass takes. Counted are the products
    /// with the mask features.
    static func fullMasks(classes: Int, height: Int, width: Int) -> [KernelWork] {
        let canvas = ImageSize(height: height, width: width)
        let features = KernelShapes.random([images, height / 4, width / 4, channels])
        let embeddings = Array(repeating: KernelShapes.random([images, queries, channels], deviation: 0.1), count: 6)
        let logits = KernelShapes.random([images, queries, classes + 1])
        let targets = (0..<images).map { _ in
            MaskTargets(labels: labels(canvas, classes: segments), height: height, width: width, ignoreLabel: 255)
        }
        func losses(_ variable: (Tensor) -> Variable) throws -> Losses {
            try FullMaskCriterion()(
                MaskPredictions(
                    classLogits: embeddings.map { _ in variable(logits) }, maskEmbeddings: embeddings.map(variable),
                    maskFeatures: variable(features)),
                targets: targets, canvas: canvas)
        }
        let name = "full-mask criterion, \(images) images, \(queries) queries @\(height)×\(width)"
        let matching = embeddings.count * queries * features.count
        let matched = embeddings.count * segments * features.count
        return [
            KernelWork(name + ", forward", matching + matched, preparing: { { _ = try losses { Variable($0) } } }),
            KernelWork(
                name + ", all gradients", 2 * matched,
                preparing: {
                    guard let total = try? losses({ Variable(leaf: $0) { _ in } }).total else { return {} }
                    return { backward(total) }
                }),
        ]
    }

    /// One output, its gradient made with the loss. Counted as one multiply-add a class of each pixel.
    static func pixels(classes: Int, height: Int, width: Int) -> KernelWork {
        let canvas = ImageSize(height: height, width: width)
        let logits = KernelShapes.random([images, height / 4, width / 4, classes])
        let map = PixelLabels(labels: labels(canvas, classes: classes), size: canvas, ignored: 255)
        let name = "pixel criterion, \(images) images, \(classes) classes @\(height)×\(width), loss and gradient"
        func run() {
            let maps = Array(repeating: map, count: images)
            let leaf = Variable(leaf: logits) { _ in }
            backward(pixelLoss(leaf, labels: maps, canvas: canvas, enlargement: .stride(4), weight: 1))
        }
        return KernelWork(name, 16 * logits.count, run)
    }

    /// Classes in blocks of 64×64 pixels.
    private static func labels(_ size: ImageSize, classes: Int) -> [UInt16] {
        (0..<size.area).map { UInt16(($0 / size.width / 64 * 5 + $0 % size.width / 64) % classes) }
    }
}
