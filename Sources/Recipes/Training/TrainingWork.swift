import Annotations
import Configurations
import Criteria
import Datasets
import Engine
import Layers
import Networks
import Optimizers

/// What a training run works with: the network and its update rule, and the data.
struct TrainingWork {
    let configuration: RunConfiguration
    let seed: UInt64
    let network: any Network
    let optimizer: Optimizer
    let criterion: any Criterion
    let training: SegmentationDataset
    let test: [SegmentationDataset]

    /// With initial weights; `note` is told what a person should know of the data. Throws what opening the data throws.
    init(
        _ configuration: RunConfiguration, _ family: any NetworkFamily, seed: UInt64, note: (String) -> Void
    ) throws {
        self.configuration = configuration
        self.seed = seed
        network = family.network(seed: seed)
        optimizer = Optimizer(network.store.parameters, configuration.solver.optimizer)
        (training, test) = try configuration.openData(note: note)
        criterion = family.criterion()
    }

    /// The batches from the optimiser's step on; stop them at the end.
    func batches() -> TrainingBatches {
        TrainingBatches(
            dataset: training, mapper: configuration.trainingMapper(marksBoundaries: criterion.needsBoundaries),
            seed: seed, batchSize: configuration.solver.imagesPerBatch, workers: configuration.datasets.workerCount,
            start: optimizer.stepCount, end: configuration.solver.maximumSteps)
    }

    /// A trainer on these batches.
    func trainer(_ batches: TrainingBatches) -> Trainer<[TrainingSample]> {
        let (network, criterion, seed) = (network, criterion, seed)
        let (partSize, sumsByImage) = (
            configuration.solver.imagesPerBatch / configuration.solver.accumulation, configuration.solver.sumsByImage
        )
        func losses(_ samples: [TrainingSample], step: Int, part: Int) throws -> Losses {
            // Where images are padded after normalisation, their labels say how far.
            let least = ImageSize(
                height: samples.map(\.targets.height).max() ?? 0, width: samples.map(\.targets.width).max() ?? 0)
            let images = network.input.batch(samples.map(\.image), atLeast: least)  // [B, H, W, 3]
            var context = ForwardContext.training
            context.keepsImagesApart = sumsByImage
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
        return Trainer(
            store: network.store, optimizer: optimizer,
            batches: { try batches.batch($0).parts(of: partSize) }, imageCount: \.count,
            keepsImagesApart: sumsByImage, losses: losses)
    }
}

extension RunConfiguration {
    /// When a training run is evaluated.
    var evaluations: EvaluationSchedule {
        EvaluationSchedule(period: test.evaluationPeriod, maximumSteps: solver.maximumSteps)
    }
}

extension Array {
    /// Consecutive parts of `size` elements.
    fileprivate func parts(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min(count, $0 + size)]) }
    }
}
