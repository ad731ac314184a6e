import Engine
import Files
import Foundation
import Synchronization
import Testing

/// What a folder holds after a power cut: only what was synced is sure to be there.
private struct Disk {
    /// One entry of the folder that is not on disk yet.
    private enum Entry {
        case name(String, Int)
        case noName(String)
    }

    private var names: [String: Int] = [:]
    private var syncedNames: [String: Int] = [:]
    private var waiting: [Entry] = []
    /// By number of the file.
    private var contents: [(all: [UInt8], synced: Int)] = []

    mutating func make(_ change: FileSystem.Change) {
        switch change {
        case .create(let path):
            // The log of the run is opened, not replaced, where it is there.
            guard names[path] == nil else { return }
            contents.append(([], 0))
            names[path] = contents.count - 1
            waiting.append(.name(path, contents.count - 1))
        case .append(let path, let bytes):
            if let file = names[path] { contents[file].all += bytes }
        case .cut(let path, let length):
            if let file = names[path] { contents[file].all.removeLast(contents[file].all.count - length) }
        case .sync(let path):
            if let file = names[path] { contents[file].synced = contents[file].all.count }
        case .rename(let path, let target):
            guard let file = names.removeValue(forKey: path) else { return }
            names[target] = file
            waiting += [.name(target, file), .noName(path)]
        case .remove(let path):
            names[path] = nil
            waiting.append(.noName(path))
        case .syncFolder:
            syncedNames = names
            waiting = []
        case .makeFolder, .lock: break
        }
    }

    /// Every folder that may be left: any of the entries that wait, in any combination, and of what is not synced in
    /// a file nothing, half or all.
    var leftovers: Set<[String: [UInt8]]> {
        var found: Set<[String: [UInt8]]> = []
        for choice in 0..<1 << waiting.count {
            var left = syncedNames
            for (bit, entry) in waiting.enumerated() where choice >> bit & 1 == 1 {
                switch entry {
                case .name(let path, let file): left[path] = file
                case .noName(let path): left[path] = nil
                }
            }
            for parts in 0...2 {
                found.insert(
                    left.mapValues { file in
                        let (all, synced) = contents[file]
                        return Array(all.prefix(synced + (all.count - min(synced, all.count)) * parts / 2))
                    })
            }
        }
        return found
    }
}

@Suite struct PowerCutTests {
    private enum Step {
        case change(FileSystem.Change)
        /// A checkpoint of this many steps was reported.
        case saved(Int)
    }

    private final class Log: Sendable {
        let steps = Mutex<[Step]>([])

        func add(_ step: Step) { steps.withLock { $0.append(step) } }
    }

    /// A run to its end with checkpoints, the best weights and what is pruned, and then further, over the old end, at
    /// last without a checkpoint between the two.
    private func record(_ folder: TemporaryFolder) throws -> [Step] {
        let log = Log()
        let watcher: @Sendable (FileSystem.Change) -> Int32? = {
            log.add(.change($0))
            return nil
        }
        try FileSystem.watched(by: watcher) {
            for (steps, resumes, period) in [(4, false, 2), (8, true, 2), (10, true, 100)] {
                let run = try TinyRun(folder.path, resumes: resumes, keeps: 1)
                run.recorder.onSaved = { log.add(.saved(run.trainer.optimizer.stepCount)) }
                _ = try run.run(steps: steps, checkpointPeriod: period, evaluationPeriod: 4) { _ in
                    EvaluationSummary(metrics: [.init("sem_seg/mIoU", 1)], score: Double(steps))
                }
            }
        }
        return log.steps.withLock { $0 }
    }

    /// At each point whatever was not synced may be lost: the last checkpoint that was reported is there, or a newer.
    @Test func aWholeCheckpointRemains() throws {
        let folder = try TemporaryFolder()
        let steps = try record(folder)
        var (disk, saved, checked) = (Disk(), 0, Set<[String: [UInt8]]>())
        var reports = 0
        for step in steps {
            switch step {
            case .change(let change): disk.make(change)
            case .saved(let count): (saved, reports) = (count, reports + 1)
            }
            for left in disk.leftovers {
                // The same folder with more reported is another case.
                var key = left
                key["saved"] = [UInt8(saved)]
                guard checked.insert(key).inserted else { continue }
                let found = try lastCheckpoint(in: left, of: folder.path)
                // The first is enough: with a fault there may be as many as combinations.
                try #require(found >= saved, "after \(step): \(left.mapValues(\.count))")
            }
        }
        #expect(reports == 5 && saved == 10 && checked.count > 100)
    }

    /// Steps of the last whole checkpoint of a folder of these files; 0 where there is none.
    private func lastCheckpoint(in files: [String: [UInt8]], of original: String) throws -> Int {
        let folder = try TemporaryFolder()
        for (path, bytes) in files {
            let name = path.dropFirst(original.count)
            try Data(bytes).write(to: URL(fileURLWithPath: folder.path + name))
        }
        // A folder where only damaged ones are left may be refused.
        return (try? RunFolder(creating: folder.path, checkpointsKept: 1).lastCheckpoint())?.steps ?? 0
    }
}
