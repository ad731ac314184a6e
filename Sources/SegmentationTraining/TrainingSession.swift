import Annotations
import Checkpoints
import Datasets
import Engine
import Layers
import Networks
import Optimizers
import Recipes
public import SegmentationNetworks

/// A network that learns from one's own samples, step by step: optimiser, schedule, augmentation and batches are the
/// configuration's (SOLVER, INPUT), the samples the caller's. Equal configurations, seeds and samples give equal
/// weights, on any number of threads.
///
/// It is for one task; what it makes, a model, is for any number.
public final class TrainingSession {
    /// How the network is trained.
    public let configuration: NetworkConfiguration
    /// What the user should know of the weights that it starts from, a line each.
    public let notes: [String]
    private let classes: [SegmentationClass]?
    private let network: any Network
    private let trainer: Trainer<[TrainingSample]>
    private let batches: TrainingBatches

    /// Makes the network of a configuration, to learn `classes` (numbered 0, 1, …; nil: those of its data sets) from
    /// `count` samples. It starts from the weights at `weights`, nil: at MODEL.WEIGHTS of the configuration, and from
    /// random ones where that is empty; a backbone alone will do, and the number of classes may differ.
    ///
    /// `sample` gives the picture of an index below `count`; it is called ahead, on DATALOADER.NUM_WORKERS threads,
    /// once an epoch for each picture, in an order that SEED decides. Throws `SegmentationError`.
    public init(
        _ configuration: NetworkConfiguration, classes: [SegmentationClass]? = nil, count: Int, weights: String? = nil,
        sample: @escaping @Sendable (_ index: Int) throws -> LabelledPicture
    ) throws {
        SegmentationRuntime.prepare()
        guard count > 0 else {
            throw SegmentationError(
                place: "samples", what: "there are none", expected: "at least 1", got: "\(count)", advice: "give some")
        }
        let run = configuration.setup.configuration
        let table = try configuration.table(classes)
        let family = try SegmentationError.translating { try run.network() }
        let seed = run.seed ?? UInt64.random(in: 0..<1 << 32)
        let network = family.network(seed: seed)
        notes = try SegmentationError.translating {
            guard let path = weights ?? run.model.weights else { return [] }
            return try RunFiles.openWeights(path, configuration.setup, startsTraining: true)
                .load(into: network.store, .trainingStart)
        }
        let criterion = family.criterion()
        let mapper = run.trainingMapper(marksBoundaries: criterion.needsBoundaries)
        let batches = TrainingBatches(
            count: count, seed: seed, batchSize: run.solver.imagesPerBatch, workers: run.datasets.workerCount,
            end: run.solver.maximumSteps
        ) { epoch, index in
            let labelled = try sample(index)
            try labelled.requireLabels(of: table)
            var random = SampleRandom(seed: seed, epoch: epoch, index: index)
            let annotated = try AnnotatedImage(
                labelled.picture.image, labels: labelled.labels.image, objects: labelled.objects?.image, classes: table,
                path: labelled.name)
            return try mapper.sample(of: annotated, classes: table, random: &random)
        }
        (self.configuration, self.classes, self.network) = (configuration, classes, network)
        let optimizer = Optimizer(network.store.parameters, run.solver.optimizer)
        self.batches = batches
        trainer = Trainer(network, criterion, optimizer, batches, run.solver, seed: seed)
    }

    deinit { batches.stop() }

    /// Steps that are done.
    public var stepsDone: Int { trainer.optimizer.stepCount }

    /// Steps of the whole training: SOLVER.MAX_ITER.
    public var stepCount: Int { configuration.setup.configuration.solver.maximumSteps }

    /// Whether all steps are done. More can be made, at the schedule's last rate.
    public var isFinished: Bool { stepsDone >= stepCount }

    /// Does the next step: a batch, losses, gradients, an update. Throws `SegmentationError`: for a sample that cannot
    /// be used, and for losses or gradients that are not finite; parameters are then as before.
    @discardableResult
    public func step() throws -> TrainingStep {
        try SegmentationError.translating { TrainingStep(try trainer.step(trainer.nextBatch())) }
    }

    /// The network as it is now, to segment pictures with; further steps do not change it. Throws `SegmentationError`.
    public func model() throws -> SegmentationModel {
        let copy = try SegmentationError.translating {
            try configuration.setup.configuration.network().network(seed: 0)
        }
        for (parameter, learned) in zip(copy.store.parameters, network.store.parameters) {
            parameter.load(officialValues: learned.officialValues)
        }
        return try SegmentationModel(configuration, copy, classes: classes, notes: [])
    }

    /// Writes the weights to a safetensors file under official names, whole or not at all. Throws `SegmentationError`.
    public func save(to path: String) throws {
        try SegmentationError.translating {
            try SafetensorsFile.write(network.store.savedTensors, metadata: ["format": "pt"], to: path)
        }
    }
}

extension LabelledPicture {
    /// Throws `SegmentationError` for a label that is no class and not the ignore label.
    fileprivate func requireLabels(of table: ClassTable) throws(SegmentationError) {
        guard let pixel = labels.values.firstIndex(where: { $0 >= table.count && $0 != table.ignoreLabel }) else {
            return
        }
        throw SegmentationError(
            place: "\(name), column \(pixel % labels.width), row \(pixel / labels.width)",
            what: "the label is no class",
            expected: "0 to \(table.count - 1), or \(table.ignoreLabel) for none", got: "\(labels.values[pixel])",
            advice: "map the labels to classes")
    }
}
