import Checkpoints
import Files
import Foundation
import Layers
import Optimizers

/// The output folder of a run: what is saved there, and what a run goes on from.
package final class RunFolder {
    /// A checkpoint to go on from.
    package struct Resumable {
        package let steps: Int
        /// The seed of the run.
        package let seed: UInt64
        /// The resolved configuration of the run, as YAML.
        package let configuration: String
        /// What the user should know: the checkpoints that were skipped, and why; digests that are not there.
        package let notes: [String]
        fileprivate let checkpoint: CheckpointDirectory.Checkpoint
    }

    private enum Note {
        static let seed = "seed"
        static let configuration = "configuration"
        static let score = "score"
        static let step = "step"
    }

    package let path: String
    private let directory: CheckpointDirectory
    private let checkpointsKept: Int
    private var seed: UInt64 = 0
    private var configuration = ""
    private var savedSteps: Int?
    private var isBestDamaged = false

    /// The folder at `path`, made where it is missing; the last `checkpointsKept` numbered checkpoints stay.
    /// Throws `FileError`.
    package init(creating path: String, checkpointsKept: Int) throws {
        self.path = path
        self.checkpointsKept = checkpointsKept
        directory = try CheckpointDirectory(creating: path)
    }

    /// The last whole checkpoint; nil in a folder without any. Throws `EngineError.noWholeCheckpoint` where there are
    /// only damaged ones, `.foreignState` for one that no run of this program wrote.
    package func lastCheckpoint() throws -> Resumable? {
        let search = directory.search()
        guard let checkpoint = search.checkpoint else {
            if search.skipped.isEmpty { return nil }
            throw EngineError.noWholeCheckpoint(folder: path, faults: search.skipped.map(\.description))
        }
        let state = checkpoint.state
        guard let seed = state.metadata[Note.seed].flatMap(UInt64.init),
            let configuration = state.metadata[Note.configuration]
        else {
            throw EngineError.foreignState(
                path: state.path, reason: "it lacks the notes of a training state (seed, configuration)")
        }
        var notes = search.skipped.map { "warning: checkpoint skipped: \($0)" }
        if !checkpoint.isVerified {
            notes.append("\(checkpoint.model.path) and its state have no digest (an older program's): taken unchecked")
        }
        if let fault = faultOfBest() {
            isBestDamaged = true
            notes.append("warning: the next evaluation replaces the best weights: \(fault)")
        }
        return Resumable(
            steps: checkpoint.step, seed: seed, configuration: configuration, notes: notes, checkpoint: checkpoint)
    }

    /// What is wrong with the best weights; nil where they are whole, or not there.
    private func faultOfBest() -> CheckpointError? {
        guard FileManager.default.fileExists(atPath: directory.bestPath) else { return nil }
        do throws(CheckpointError) {
            _ = try SafetensorsFile(path: directory.bestPath).verify()
            return nil
        } catch { return error }
    }

    /// Throws `EngineError.folderInUse` where files of another run's weights would be written over.
    package func requireUnused() throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let models = names.filter { $0.hasPrefix("model_") && $0.hasSuffix(".safetensors") }.sorted()
        if let last = models.last(where: { $0 != "model_best.safetensors" }) ?? models.last {
            throw EngineError.folderInUse(folder: path, checkpoint: last)
        }
    }

    /// Says what every checkpoint from now on notes beside the moments.
    package func begin(seed: UInt64, configuration: String) {
        self.seed = seed
        self.configuration = configuration
    }

    /// Puts weights and moments back. Throws `WeightsError`, `CheckpointError`, `OptimizerError` or
    /// `EngineError`.
    package func restore(_ resumable: Resumable, into store: ParameterStore, _ optimizer: Optimizer) throws {
        let checkpoint = resumable.checkpoint
        let state = try StoredOptimizerState.read(checkpoint.state, step: checkpoint.step, store)
        _ = try WeightsFile(checkpoint.model).load(into: store)
        try optimizer.load(state)
        savedSteps = checkpoint.step
    }

    /// Whether the last checkpoint has this many steps.
    func isSaved(steps: Int) -> Bool { savedSteps == steps }

    /// Saves a numbered checkpoint and drops the oldest; returns the file of weights. Throws
    /// `FileError`.
    func save(_ store: ParameterStore, _ state: OptimizerState) throws -> String {
        // detectron2 numbers a checkpoint by its last iteration, counted from 0.
        try save(.step(state.step - 1), store, state)
    }

    /// Saves the end of the run; returns the file of weights. Throws `FileError`.
    func saveFinal(_ store: ParameterStore, _ state: OptimizerState) throws -> String {
        try save(.final, store, state)
    }

    private func save(
        _ label: CheckpointDirectory.Label, _ store: ParameterStore, _ state: OptimizerState
    ) throws -> String {
        try directory.save(
            label, step: state.step, model: store.savedTensors,
            state: StoredOptimizerState.tensors(state, store),
            notes: [Note.seed: String(seed), Note.configuration: configuration])
        savedSteps = state.step
        directory.prune(keeping: checkpointsKept)
        return directory.modelPath(label)
    }

    /// What to say where the disk has less room than checkpoints will take; nil where it has enough, or does not say.
    /// `moments` is what the optimiser remembers of each parameter, `free` (nil: asked for) the bytes that are free.
    package func spaceWarning(_ store: ParameterStore, moments: Int, free: Int? = nil) -> String? {
        guard let free = free ?? FileSystem.freeBytes(in: path) else { return nil }
        let space = CheckpointSpace(store, moments: moments, kept: checkpointsKept)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let present = names.filter { $0.hasPrefix("model_") || $0.hasPrefix("state_") }.map { name in
            (try? FileManager.default.attributesOfItem(atPath: path + "/" + name))?[.size] as? Int ?? 0
        }
        let needed = space.most - present.reduce(0, +)
        if free >= needed { return nil }
        return "warning: \(path) has room for \(CheckpointSpace.text(free)), the checkpoints of this run take up to "
            + "\(CheckpointSpace.text(needed)) more: \(CheckpointSpace.text(space.checkpoint)) each, "
            + "SOLVER.CHECKPOINT_KEEP is \(checkpointsKept)"
    }

    /// The score of the best weights; nil where there are none.
    package var bestScore: Double? {
        (try? SafetensorsFile(path: directory.bestPath))?.metadata[Note.score].flatMap(Double.init)
    }

    /// Keeps the weights where `score` is the highest so far; says whether it is. Throws `FileError`.
    func keepBest(_ store: ParameterStore, score: Double, step: Int) throws -> Bool {
        let file = isBestDamaged ? nil : try? SafetensorsFile(path: directory.bestPath)
        let notes = file?.metadata ?? [:]
        let best = notes[Note.score].flatMap(Double.init) ?? -.infinity
        // The same step again is the same run, resumed from before its evaluation.
        guard score > best || notes[Note.step] == String(step) else { return false }
        try SafetensorsFile.write(
            store.savedTensors,
            metadata: ["format": "pt", Note.step: String(step), Note.score: String(score)],
            to: directory.bestPath)
        isBestDamaged = false
        return true
    }
}
