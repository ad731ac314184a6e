import Files
import Foundation

/// The checkpoints of a run: `model_<step>.safetensors` with `state_<step>.safetensors` beside it, `…_final`
/// at the end, and `model_best.safetensors`, which has no state.
///
/// The state is written first, so a model file says that its checkpoint is whole; reading checks both all the
/// same.
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
        package let model: SafetensorsFile
        /// The training state.
        package let state: SafetensorsFile
    }

    package let path: String

    /// The folder at `path`, made where it is missing. Throws `FileError.unwritable`.
    package init(creating path: String) throws(FileError) {
        self.path = path
        try FileSystem.makeFolder(path)
    }

    /// The file of weights of a checkpoint.
    package func modelPath(_ label: Label) -> String { path + "/model_\(label.text).safetensors" }

    /// The file of the best weights so far.
    package var bestPath: String { path + "/model_best.safetensors" }

    private func statePath(_ label: Label) -> String { path + "/state_\(label.text).safetensors" }

    /// Saves a checkpoint of `step` steps. Throws `FileError`; earlier checkpoints stay.
    package func save(
        _ label: Label, step: Int, model: [SavedTensor], state: [SavedTensor], notes: [String: String]
    ) throws(FileError) {
        if label == .final, let old = open(.final), old.step != step {
            // While the two files of the old end are replaced, neither the old nor the new one is whole.
            try save(.step(step - 1), step: step, model: model, state: state, notes: notes)
        }
        let metadata = ["step": String(step), "pair": Self.pairing(notes)]
        try SafetensorsFile.write(state, metadata: notes.merging(metadata) { $1 }, to: statePath(label))
        do throws(FileError) {
            try SafetensorsFile.write(model, metadata: metadata.merging(["format": "pt"]) { $1 }, to: modelPath(label))
        } catch {
            // A state alone is of no use, and takes room where there is none.
            if access(modelPath(label), F_OK) != 0 { remove(statePath(label)) }
            throw error
        }
    }

    /// The last whole checkpoint; damaged and incomplete ones are passed over.
    package func latest() -> Checkpoint? {
        let labels = numbers(of: "model_").sorted(by: >).map(Label.step)
        return ([.final] + labels).lazy.compactMap(open).max { $0.step < $1.step }
    }

    /// Whether the folder holds any checkpoint of a run.
    package var isEmpty: Bool { latest() == nil }

    /// Removes the numbered checkpoints before the last `count` whole ones, and what an interrupted run left
    /// half-written. A damaged file never counts as one to keep.
    package func prune(keeping count: Int) {
        let steps = Set(numbers(of: "model_") + numbers(of: "state_")).sorted()
        let whole = steps.filter { open(.step($0)) != nil }
        if let oldest = whole.suffix(max(1, count)).first {
            for step in steps where step < oldest {
                remove(modelPath(.step(step)))
                remove(statePath(.step(step)))
            }
        }
        PartialFile.removeAbandoned(in: path)
    }

    private func open(_ label: Label) -> Checkpoint? {
        guard let model = try? SafetensorsFile(path: modelPath(label)),
            let state = try? SafetensorsFile(path: statePath(label)),
            let step = model.metadata["step"].flatMap(Int.init), state.metadata["step"] == String(step),
            model.metadata["pair"] == state.metadata["pair"]
        else { return nil }
        return Checkpoint(step: step, model: model, state: state)
    }

    /// A mark of the run that a state belongs to (FNV-1a of its notes): where another run in the same folder
    /// was stopped between its two files, its state must not be taken for that of the older model.
    private static func pairing(_ notes: [String: String]) -> String {
        let text = notes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
        return String(text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
    }

    private func names() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

    private func numbers(of prefix: String) -> [Int] {
        names().compactMap { name in
            guard name.hasPrefix(prefix), name.hasSuffix(".safetensors") else { return nil }
            return Int(name.dropFirst(prefix.count).dropLast(".safetensors".count))
        }
    }

    private func remove(_ path: String) { FileSystem.remove(path) }
}
