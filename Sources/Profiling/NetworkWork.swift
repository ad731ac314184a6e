import Annotations
import Autodiff
import Criteria
import Layers
import Networks
import Optimizers
import Tensors

/// A network with images of random pixels: what profiles and benchmarks run.
package struct NetworkWork {
    /// The stages around the network, as a trace gets them.
    package enum Step: String, Sendable, CaseIterable {
        /// From pixels to the normalised batch.
        case preparation
        /// From predictions to label maps.
        case inference
        /// Matching and losses.
        case criterion
        /// All gradients.
        case backward
        /// Clipping and update.
        case optimizer
    }

    /// What is made of the prediction for one image of the batch.
    package typealias Inference = (
        _ prediction: any Prediction, _ image: Int, _ request: InferenceRequest, _ context: ForwardContext
    ) -> Void

    /// The network.
    package let network: any Network
    /// How its papers count its work.
    package let counting: WorkCounting
    private let optimizer: Optimizer
    private let resizesMasksBeforeMixing: Bool
    private let criterion: any Criterion

    /// A network, and what trains it.
    package init(
        _ network: any Network, counting: WorkCounting, criterion: any Criterion, optimizer: Optimizer,
        resizesMasksBeforeMixing: Bool
    ) {
        self.network = network
        self.counting = counting
        self.optimizer = optimizer
        self.resizesMasksBeforeMixing = resizesMasksBeforeMixing
        self.criterion = criterion
    }

    /// The work of semantic inference of one image of this size, padding included; runs it once.
    package func work(height: Int, width: Int) -> ForwardWork {
        let trace = ForwardTrace()
        inference(height: height, width: width, batch: 1)(.evaluation.traced(by: trace))
        return trace.work
    }

    /// From pixels in memory to label maps, or to what else `infer` makes of masks, which are resized for it first.
    package func inference(
        height: Int, width: Int, batch count: Int, infer: Inference? = nil
    ) -> (ForwardContext) -> Void {
        let images = Array(repeating: Self.picture(height: height, width: width), count: count)
        let size = ImageSize(height: height, width: width)
        let request = InferenceRequest(
            input: network.input.padded(size), image: size, output: size,
            resizesMasksBeforeMixing: resizesMasksBeforeMixing || infer != nil)
        return { context in
            let prediction = network(prepared(images, context), context)
            context.measured(Step.inference.rawValue) {
                for image in 0..<count { (infer ?? Self.labelMap)(prediction, image, request, context) }
            }
        }
    }

    private static func labelMap(
        _ prediction: any Prediction, _ image: Int, _ request: InferenceRequest, _ context: ForwardContext
    ) {
        context.count(ForwardWork(mixing: prediction.mixingWork(request)))
        let result = prediction.semanticSegmentation(image: image, request, wantsScores: false)
        precondition(result.labels.count == request.output.area)
    }

    /// A whole step of training: forward, criterion, backward, update. Throws what the loss throws, or
    /// `OptimizerError`.
    package func trainingStep(height: Int, width: Int, batch count: Int) -> (ForwardContext) throws -> Void {
        let images = Array(repeating: Self.picture(height: height, width: width), count: count)
        let targets = Array(repeating: blocks(height: height, width: width), count: count)
        return { context in
            let batch = prepared(images, context)
            let canvas = ImageSize(height: batch.shape[1], width: batch.shape[2])
            let prediction = network(batch, context)
            var random = StepRandom(seed: 1, step: optimizer.stepCount)
            let losses = try context.measured(Step.criterion.rawValue) {
                try criterion.losses(prediction, targets: targets, canvas: canvas, random: &random)
            }
            context.measured(Step.backward.rawValue) { backward(losses.total) }
            _ = try context.measured(Step.optimizer.rawValue) { try optimizer.step() }
        }
    }

    private func prepared(_ images: [Image<UInt8>], _ context: ForwardContext) -> Tensor {
        context.measured(Step.preparation.rawValue) { network.input.batch(images) }
    }

    /// Random pixels, the same for every network.
    package static func picture(height: Int, width: Int) -> Image<UInt8> {
        var random = RandomStream(seed: 1, name: "picture")
        return Image(
            size: ImageSize(height: height, width: width), channels: 3,
            values: (0..<height * width * 3).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }

    /// Every class in blocks of 64×64 pixels.
    private func blocks(height: Int, width: Int) -> ImageTargets {
        let (classes, ignoreLabel) = (network.classCount, Int(UInt16.max))
        let labels = (0..<height * width).map { UInt16(($0 / width / 64 * 5 + $0 % width / 64) % classes) }
        let segments = MaskTargets(labels: labels, height: height, width: width, ignoreLabel: ignoreLabel)
        let map = LabelImage(size: ImageSize(height: height, width: width), values: labels)
        return ImageTargets(
            segments: segments, labels: labels,
            boundaries: criterion.needsBoundaries ? map.boundaries(ignoreLabel: ignoreLabel).values : nil)
    }
}
