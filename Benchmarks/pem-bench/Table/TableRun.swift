import Annotations
import Commands
import ConfigFiles
import Datasets
import Engine
import Files
import Foundation
import Profiling
import Recipes

/// Trains and measures an entry of the table.
package struct TableRun {
    /// The image whose inference is timed.
    static let size = ImageSize(height: 1024, width: 2048)

    private let setup: RunSetup
    private let iterations: Int
    private let seed: Int

    /// Reads the entry's configuration, the recipe laid over it. `folder` is that of the table; `iterations` nil: the
    /// recipe's. Throws `ConfigError`.
    package init(_ entry: TableEntry, folder: String, iterations: Int?, configs: String) throws {
        let recipe = try ConfigDocument.read(path: configs + "/comparison/recipe.cfg")
        let written = recipe.keys.flatMap { key in
            recipe[key].map { [key, $0.text ?? "\($0.value)"] } ?? []
        }
        let own = [
            "DATASETS.ROOT", Self.dataRoot(folder), "OUTPUT_DIR", folder + "/" + entry.name, "SEED", "\(entry.seed)",
        ]
        let length = iterations.map { ["SOLVER.MAX_ITER", "\($0)"] } ?? []
        setup = try CommandRunner.setUp(configs + "/" + entry.file, written + entry.settings + own + length)
        self.iterations = setup.configuration.solver.maximumSteps
        seed = entry.seed
    }

    /// Tells runs apart.
    package var identity: String { SHA256.digest(of: Data(setup.configuration.identity.utf8)) }

    private static func dataRoot(_ folder: String) -> String { folder + "/data" }

    /// Makes the pictures of demo_pan.cfg, unless they are there. Throws `InputError` or `FileError`.
    static func makeData(in folder: String, note: (String) -> Void) throws {
        let data = dataRoot(folder) + "/cityscapes"
        // Written last.
        if FileManager.default.fileExists(atPath: data + "/gtFine/cityscapes_panoptic_val.json") { return }
        note("making 64 synthetic street scenes in \(data)")
        try SyntheticScenes(imageCount: 64, size: ImageSize(height: 256, width: 512), seed: 1).write(to: data)
    }

    /// Trains, or goes on, evaluates and measures; nil where a signal ended it. Throws one typed error for whatever is
    /// wrong.
    func callAsFunction(rounds: Int, _ product: MatrixProduct) throws -> TableResult? {
        var options = TrainingRecipe.Options()
        options.resumes = true
        guard try TrainingRecipe(setup, options, console: Console()).run() == 0 else { return nil }
        let scores = try Scores(folder: setup.configuration.outputDirectory)
        let work = try NetworkWork(setup.configuration)
        let (height, width) = (Self.size.height, Self.size.width)
        let macs = work.work(height: height, width: width).macs
        let run = work.inference(height: height, width: width, batch: 1)
        let measured = try TimedRuns(runs: rounds, product, prepare: { { run(.evaluation) } })
        if Interruption.signal != nil { return nil }
        return TableResult(
            configuration: identity, iterations: iterations, seed: seed, meanIoU: scores.meanIoU,
            panopticQuality: scores.panopticQuality, parameters: work.network.store.parameterCount, macs: macs,
            seconds: measured.seconds, ratio: measured.ratio(multiplyAdds: Double(macs)))
    }
}

/// The means in a run's results.json.
private struct Scores: Decodable {
    private let semantic: [String: Double?]
    private let panoptic: [String: Double?]?

    private enum CodingKeys: String, CodingKey { case semantic = "sem_seg", panoptic = "panoptic_seg" }

    /// Throws `TableResult.Failure`.
    init(folder: String) throws {
        let path = folder + "/results.json"
        guard let data = FileManager.default.contents(atPath: path),
            let scores = try? JSONDecoder().decode(Scores.self, from: data)
        else {
            throw TableResult.Failure(
                description: "\(path): expected the scores of label maps; remove \(folder) to train again")
        }
        self = scores
    }

    var meanIoU: Double? { semantic["mIoU"] ?? nil }
    var panopticQuality: Double? { panoptic?["PQ"] ?? nil }
}
