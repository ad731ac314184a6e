import Foundation

/// The checkpoints of a run: `model_<step>.safetensors` with `state_<step>.safetensors` beside it, `…_final` at the end,
/// and `model_best.safetensors`, which has no state.
///
/// The state is written first, so a model file says that its checkpoint is whole; reading checks both all the same.
package struct CheckpointDirectory: Sendable {
    /// Which checkpoint.
    package enum Label: Sendable, Equatable {
        /// After this many steps.
        case step(Int)
        /// At the end of the run.
        case final

        fileprivate var text: String {
            switch self {
            case .step(let step): String(format: "%07d", step)
            case .final: "final"
            }
        }
    }

    /// A checkpoint whose two files are whole and belong together.
    package struct Checkpoint: Sendable {
        /// Steps done when it was saved.
        package let step: Int
        /// The weights.
        package let model: SafetensorsFile
        /// The training state.
        package let state: SafetensorsFile
    }

    /// The folder.
    package let path: String

    /// The folder at `path`, made where it is missing. Throws `CheckpointError.unwritable`.
    package init(creating path: String) throws(CheckpointError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path: path, reason: "the folder cannot be made")
        }
    }

    /// The file of weights of a checkpoint.
    package func modelPath(_ label: Label) -> String { path + "/model_\(label.text).safetensors" }

    /// The file of the best weights so far.
    package var bestPath: String { path + "/model_best.safetensors" }

    private func statePath(_ label: Label) -> String { path + "/state_\(label.text).safetensors" }

    /// Saves a checkpoint of `step` steps. Throws `CheckpointError.unwritable`; earlier checkpoints stay.
    package func save(
        _ label: Label, step: Int, model: [SavedTensor], state: [SavedTensor], notes: [String: String]
    ) throws(CheckpointError) {
        let metadata = ["step": String(step)]
        try SafetensorsFile.write(state, metadata: notes.merging(metadata) { $1 }, to: statePath(label))
        try SafetensorsFile.write(model, metadata: metadata.merging(["format": "pt"]) { $1 }, to: modelPath(label))
    }

    /// The last whole checkpoint; damaged and incomplete ones are passed over.
    package func latest() -> Checkpoint? {
        let labels = steps().reversed().map(Label.step)
        return ([.final] + labels).lazy.compactMap(open).max { $0.step < $1.step }
    }

    /// Whether the folder holds any checkpoint of a run.
    package var isEmpty: Bool { latest() == nil }

    /// Removes all but the last `count` numbered checkpoints, and what an interrupted run left half-written.
    package func prune(keeping count: Int) {
        for step in steps().dropLast(max(1, count)) {
            remove(modelPath(.step(step)))
            remove(statePath(.step(step)))
        }
        for name in names() where name.hasSuffix(".safetensors.partial") { remove(path + "/" + name) }
    }

    private func open(_ label: Label) -> Checkpoint? {
        guard let model = try? SafetensorsFile(path: modelPath(label)),
            let state = try? SafetensorsFile(path: statePath(label)),
            let step = model.metadata["step"].flatMap(Int.init), state.metadata["step"] == String(step)
        else { return nil }
        return Checkpoint(step: step, model: model, state: state)
    }

    private func names() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

    private func steps() -> [Int] {
        names().compactMap { name in
            guard name.hasPrefix("model_"), name.hasSuffix(".safetensors") else { return nil }
            return Int(name.dropFirst(6).dropLast(12))
        }.sorted()
    }

    private func remove(_ path: String) { unlink(path) }
}
