import Annotations
import Configurations
import Criteria
import Datasets
import Engine
import Layers
import Networks
import Optimizers

extension Trainer where Part == [TrainingSample] {
    /// A trainer of a network as SOLVER says.
    package convenience init(
        _ network: any Network, _ criterion: any Criterion, _ optimizer: Optimizer, _ batches: TrainingBatches,
        _ solver: SolverConfiguration, seed: UInt64
    ) {
        let partSize = solver.imagesPerBatch / solver.accumulation
        func losses(_ samples: [TrainingSample], step: Int, part: Int) throws -> Losses {
            // Where images are padded after normalisation, their labels say how far.
            let least = ImageSize(
                height: samples.map(\.targets.height).max() ?? 0, width: samples.map(\.targets.width).max() ?? 0)
            let images = network.input.batch(samples.map(\.image), atLeast: least)  // [B, H, W, 3]
            var context = ForwardContext.training
            context.keepsImagesApart = solver.sumsByImage
            context.random = ImageStreams(seed: seed, step: step, firstImage: part * partSize)
            var random = StepRandom(seed: seed, step: step, firstImage: part * partSize)
            do {
                return try criterion.losses(
                    network(images, context),
                    targets: samples.map {
                        ImageTargets(
                            segments: $0.targets, labels: $0.labels?.values, boundaries: $0.boundaries?.values)
                    },
                    canvas: ImageSize(height: images.shape[1], width: images.shape[2]), random: &random)
            } catch let error as MatchingError {
                throw error.named(by: samples.map(\.path))
            }
        }
        self.init(
            store: network.store, optimizer: optimizer,
            batches: { try batches.batch($0).parts(of: partSize) }, imageCount: \.count,
            keepsImagesApart: solver.sumsByImage, losses: losses)
    }
}

extension Array {
    /// Consecutive parts of `size` elements.
    fileprivate func parts(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min(count, $0 + size)]) }
    }
}
