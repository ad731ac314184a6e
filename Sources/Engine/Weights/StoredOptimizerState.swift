import Checkpoints
import Layers
import Optimizers
import Tensors

/// The optimiser's moments in a file: torch's names for them before the parameters' names, values in
/// official order.
enum StoredOptimizerState {
    private static let first = "exp_avg."
    private static let second = "exp_avg_sq."

    static func tensors(_ state: OptimizerState, _ store: ParameterStore) -> [SavedTensor] {
        store.parameters.flatMap { parameter in
            [(first, state.first), (second, state.second)].compactMap { prefix, moments in
                moments[parameter.name].map { moment in
                    SavedTensor(name: prefix + parameter.name, shape: parameter.officialShape) {
                        parameter.layout.officialValues(moment, officialShape: parameter.officialShape)
                    }
                }
            }
        }
    }

    /// Throws `CheckpointError` or `EngineError.foreignState`.
    static func read(_ file: SafetensorsFile, step: Int, _ store: ParameterStore) throws -> OptimizerState {
        var state = OptimizerState(step: step)
        var unknown = Set(file.names)
        for parameter in store.parameters {
            for (prefix, moments) in [(first, \OptimizerState.first), (second, \OptimizerState.second)] {
                let name = prefix + parameter.name
                guard let shape = file.shape(named: name) else { continue }
                guard shape == parameter.officialShape else {
                    let reason = "\(name) has shape \(shape), the network wants \(parameter.officialShape)"
                    throw EngineError.foreignState(path: file.path, reason: reason)
                }
                state[keyPath: moments][parameter.name] =
                    parameter.layout.engineTensor(
                        try file.floats(named: name), officialShape: parameter.officialShape)
                unknown.remove(name)
            }
        }
        guard unknown.isEmpty else {
            let reason =
                "it has moments that this network has no parameters for: \(unknown.sorted().joined(separator: ", "))"
            throw EngineError.foreignState(path: file.path, reason: reason)
        }
        return state
    }
}
