import Criteria
import MaskClassifiers
import Optimizers
import Profiling

extension NetworkWork {
    /// The network, criterion and optimiser of a configuration. Throws `ConfigError`.
    package init(_ run: RunConfiguration) throws {
        let network = try MaskClassifier(run, seed: 1)
        let criterion = SetCriterion(SetCriterion.Configuration(run))
        self.init(
            network, optimizer: Optimizer(network.store.parameters, run.solver.optimizer),
            resizesMasksBeforeMixing: run.test.resizesMasksBeforeMixing
        ) { prediction, targets, canvas, step in
            var random = StepRandom(seed: 1, step: step)
            guard let masks = prediction.masks else { preconditionFailure("a mask classifier predicts masks") }
            return try criterion(
                masks, targets: targets, canvas: CanvasSize(height: canvas.height, width: canvas.width),
                random: &random
            ).total
        }
    }
}
