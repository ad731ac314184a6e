import Annotations
import Autodiff
import Criteria
import Layers
import Optimizers
import Segmenters
import Tensors

/// A network with images of random pixels: what profiles and benchmarks run.
package struct NetworkWork {
    /// The names of the steps around the network, as a `ModuleTimer` gets them.
    package enum Step: String, Sendable {
        /// From pixels to the normalised batch.
        case preparation
        /// From what the queries predict to label maps.
        case inference
        /// Matching and losses.
        case criterion
        /// All gradients.
        case backward
        /// Clipping and update.
        case optimizer
    }

    /// What is made of the network's output.
    package enum Task: String, Sendable, CaseIterable {
        /// A label map.
        case semantic
        /// Segments, of every query whose best class is a class.
        case panoptic
        /// The 100 best instances.
        case instance
    }

    /// The network, with initial weights.
    package let segmenter: Segmenter
    private let criterion: SetCriterion
    private let optimizer: Optimizer
    private let resizesMasksBeforeMixing: Bool
    private let classCount: Int

    /// The network, criterion and optimiser of a configuration. Throws `ConfigError`.
    package init(_ run: RunConfiguration) throws {
        segmenter = try Segmenter(run, seed: 1)
        criterion = SetCriterion(SetCriterion.Configuration(run))
        optimizer = Optimizer(segmenter.store.parameters, run.solver.optimizer)
        resizesMasksBeforeMixing = run.test.resizesMasksBeforeMixing
        classCount = run.model.classCount
    }

    /// Size of the network's input for an image of this size.
    package func paddedSize(height: Int, width: Int) -> (height: Int, width: Int) {
        let step = segmenter.configuration.normalization.divisibility
        return ((height + step - 1) / step * step, (width + step - 1) / step * step)
    }

    /// Multiply-adds of one image of this size, padding included.
    package func multiplyAdds(height: Int, width: Int) -> Int {
        let size = paddedSize(height: height, width: width)
        return segmenter.multiplyAdds(height: size.height, width: size.width).total
    }

    /// From pixels in memory to label maps, segments or instances.
    package func inference(
        height: Int, width: Int, batch count: Int, task: Task = .semantic
    ) -> (ForwardContext) -> Void {
        let images = Array(repeating: Self.picture(height: height, width: width), count: count)
        let size = paddedSize(height: height, width: width)
        let request = InferenceRequest(
            inputHeight: size.height, inputWidth: size.width, imageHeight: height, imageWidth: width,
            outputHeight: height, outputWidth: width,
            resizesMasksBeforeMixing: resizesMasksBeforeMixing || task != .semantic)
        return { context in
            let batch = prepared(images, context)
            let predictions = segmenter.predict(batch, context)
            context.measured(Step.inference.rawValue) {
                for image in 0..<count {
                    run(task, predictions, image, request)
                }
            }
        }
    }

    private func run(
        _ task: Task, _ predictions: MaskPredictions, _ image: Int, _ request: InferenceRequest
    ) {
        switch task {
        case .semantic:
            let result = predictions.semanticSegmentation(image: image, request, wantsScores: false)
            precondition(result.labels.count == request.outputHeight * request.outputWidth)
        case .panoptic:
            // Trained networks keep fewer.
            let result = predictions.panopticSegmentation(
                image: image, request, isThing: Array(repeating: true, count: classCount), objectMaskThreshold: 0,
                overlapThreshold: 0)
            precondition(result.segmentIDs.count == request.outputHeight * request.outputWidth)
        case .instance:
            let result = predictions.instanceSegmentation(image: image, request, count: 100)
            precondition(!result.isEmpty)
        }
    }

    /// A whole step of training: forward, criterion, backward, update. Throws `MatchingError` or `OptimizerError`.
    package func trainingStep(height: Int, width: Int, batch count: Int) -> (ForwardContext) throws -> Void {
        let images = Array(repeating: Self.picture(height: height, width: width), count: count)
        let targets = Array(
            repeating: Self.blocks(height: height, width: width, classes: classCount), count: count)
        return { context in
            let batch = prepared(images, context)
            let canvas = CanvasSize(height: batch.shape[1], width: batch.shape[2])
            let predictions = segmenter.predict(batch, context)
            var random = StepRandom(seed: 1, step: optimizer.stepCount)
            let terms = try context.measured(Step.criterion.rawValue) {
                try criterion(predictions, targets: targets, canvas: canvas, random: &random)
            }
            context.measured(Step.backward.rawValue) { backward(terms.total) }
            _ = try context.measured(Step.optimizer.rawValue) { try optimizer.step() }
        }
    }

    private func prepared(_ images: [Image<UInt8>], _ context: ForwardContext) -> Tensor {
        context.measured(Step.preparation.rawValue) { segmenter.configuration.normalization.batch(images) }
    }

    private static func picture(height: Int, width: Int) -> Image<UInt8> {
        var random = RandomStream(seed: 1, name: "picture")
        return Image(
            size: ImageSize(height: height, width: width), channels: 3,
            values: (0..<height * width * 3).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }

    /// Every class in blocks of 64×64 pixels.
    private static func blocks(height: Int, width: Int, classes: Int) -> MaskTargets {
        let labels = (0..<height * width).map { UInt16(($0 / width / 64 * 5 + $0 % width / 64) % classes) }
        return MaskTargets(labels: labels, height: height, width: width, ignoreLabel: Int(UInt16.max))
    }
}
