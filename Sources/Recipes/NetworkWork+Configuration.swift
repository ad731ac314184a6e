import Configurations
import Optimizers
import Profiling

extension NetworkWork {
    /// The network, criterion and optimiser of a configuration, the network with initial weights. Throws `ConfigError`
    /// where it asks for what is not built.
    package init(_ run: RunConfiguration) throws {
        let family = try run.network()
        let network = family.network(seed: 1)
        self.init(
            network, counting: type(of: family).counting, criterion: family.criterion(),
            optimizer: Optimizer(network.store.parameters, run.solver.optimizer),
            resizesMasksBeforeMixing: run.test.inference.resizesMasksBeforeMixing)
    }
}
