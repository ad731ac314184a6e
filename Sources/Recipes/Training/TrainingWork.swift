import Configurations
import Criteria
import Datasets
import Engine
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
        Trainer(network, criterion, optimizer, batches, configuration.solver, seed: seed)
    }
}

extension RunConfiguration {
    /// When a training run is evaluated.
    var evaluations: EvaluationSchedule {
        EvaluationSchedule(period: test.evaluationPeriod, maximumSteps: solver.maximumSteps)
    }
}
