import Files
import Foundation

/// The checkpoints of a run: `model_<step>.safetensors` with `state_<step>.safetensors` beside it, `…_final`
/// at the end, and `model_best.safetensors`, which has no state.
///
/// The state is finished first, so a model file says that its checkpoint is whole; reading checks both all the same.
/// The model's file is begun before the state is finished: a state without its model is what a killed writer left
/// while such a beginning lies in the folder, and else a checkpoint that lost its model.
package final class CheckpointDirectory {
    /// Which checkpoint.
    package enum Label: Sendable, Hashable {
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
        /// Whether its bytes were compared with digests: files of older programs have none.
        package internal(set) var isVerified = false
    }

    /// What was found in the folder.
    package struct Search {
        /// The last checkpoint that is whole.
        package var checkpoint: Checkpoint?
        /// What is wrong with those after it; with all of them where none is whole.
        package var skipped: [CheckpointError] = []
    }

    /// A checkpoint before its bytes are read.
    private struct Candidate {
        let label: Label
        let content: Result<Checkpoint, CheckpointError>

        /// Steps done, as far as they are known; the end of a run comes after the numbered one of as many.
        var order: (Int, Int) {
            let step = (try? content.get())?.step
            return switch label {
            case .step(let number): (step ?? number + 1, 0)
            case .final: (step ?? .max, 1)
            }
        }
    }

    package let path: String
    /// Checkpoints that `search` skipped, until they are saved again.
    private var damaged: Set<Label> = []

    /// The folder at `path`, made where it is missing. Throws `FileError.unwritable`.
    package init(creating path: String) throws(FileError) {
        self.path = path
        try FileSystem.makeFolder(path)
    }

    /// The file of weights of a checkpoint.
    package func modelPath(_ label: Label) -> String { path + "/" + modelName(label) }

    /// The file of the best weights so far.
    package var bestPath: String { path + "/model_best.safetensors" }

    private func modelName(_ label: Label) -> String { "model_\(label.text).safetensors" }

    private func stateName(_ label: Label) -> String { "state_\(label.text).safetensors" }

    private func statePath(_ label: Label) -> String { path + "/" + stateName(label) }

    /// Saves a checkpoint of `step` steps. Throws `FileError`; earlier checkpoints stay.
    package func save(
        _ label: Label, step: Int, model: [SavedTensor], state: [SavedTensor], notes: [String: String]
    ) throws(FileError) {
        if label == .final, let old = try? open(.final), old.step != step {
            // While the two files of the old end are replaced, neither the old nor the new one is whole.
            try save(.step(step - 1), step: step, model: model, state: state, notes: notes)
        }
        let metadata = ["step": String(step), "pair": Self.pairing(notes)]
        do throws(FileError) {
            try SafetensorsFile.write(
                model, metadata: metadata.merging(["format": "pt"]) { $1 }, to: modelPath(label)
            ) { () throws(FileError) in
                try SafetensorsFile.write(state, metadata: notes.merging(metadata) { $1 }, to: statePath(label))
            }
        } catch {
            // A state alone is of no use, and takes room where there is none.
            if access(modelPath(label), F_OK) != 0 { remove(statePath(label)) }
            throw error
        }
        damaged.remove(label)
    }

    /// Looks for the last whole checkpoint: both files match their digests, belong together, and hold finite numbers.
    package func search() -> Search {
        var search = Search()
        let names = Set(names())
        let isWriterKilled = names.contains { $0.contains(".partial") }
        let labels = Set(numbers(of: "model_") + numbers(of: "state_")).map(Label.step) + [.final]
        let found = labels.filter {
            names.contains(modelName($0)) || names.contains(stateName($0)) && !isWriterKilled
        }
        let candidates = found.map { label in
            Candidate(label: label, content: Result { () throws(CheckpointError) in try open(label) })
        }
        for candidate in candidates.sorted(by: { $0.order > $1.order }) {
            do throws(CheckpointError) {
                search.checkpoint = try verified(candidate.content.get())
                break
            } catch {
                damaged.insert(candidate.label)
                search.skipped.append(error)
            }
        }
        return search
    }

    /// Removes the numbered checkpoints before the last `count` whole ones, and what an interrupted run left
    /// half-written. A damaged file never counts as one to keep.
    package func prune(keeping count: Int) {
        let steps = Set(numbers(of: "model_") + numbers(of: "state_")).sorted()
        let whole = steps.filter { !damaged.contains(.step($0)) && (try? open(.step($0))) != nil }
        if let oldest = whole.suffix(max(1, count)).first {
            for step in steps where step < oldest {
                remove(modelPath(.step(step)))
                remove(statePath(.step(step)))
            }
        }
        PartialFile.removeAbandoned(in: path)
    }

    /// The two files of a checkpoint, by what their headers say.
    private func open(_ label: Label) throws(CheckpointError) -> Checkpoint {
        let names = names()
        for (name, other) in [(stateName(label), modelName(label)), (modelName(label), stateName(label))]
        where !names.contains(name) {
            throw .damaged(path: path + "/" + other, problem: "\(name) is not beside it")
        }
        let model = try SafetensorsFile(path: modelPath(label))
        let state = try SafetensorsFile(path: statePath(label))
        guard let step = model.metadata["step"].flatMap(Int.init), state.metadata["step"] == String(step),
            model.metadata["pair"] == state.metadata["pair"]
        else { throw .damaged(path: model.path, problem: "\(stateName(label)) is of another checkpoint") }
        return Checkpoint(step: step, model: model, state: state)
    }

    /// Reads both files whole.
    private func verified(_ checkpoint: Checkpoint) throws(CheckpointError) -> Checkpoint {
        var checkpoint = checkpoint
        let (model, state) = (try checkpoint.model.verify(), try checkpoint.state.verify())
        guard model == state else {
            let path = (model ? checkpoint.state : checkpoint.model).path
            throw .damaged(path: path, problem: "it has no digest, the file that it belongs to has one")
        }
        try checkpoint.model.requireFinite()
        try checkpoint.state.requireFinite()
        checkpoint.isVerified = model
        return checkpoint
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
