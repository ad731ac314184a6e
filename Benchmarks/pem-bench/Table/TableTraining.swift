import Annotations
import Commands
import ConfigFiles
import Datasets
import Engine
import Foundation
import Recipes

/// Trains an entry of the table, and scores it. What is finished is not done again, and what was interrupted goes on.
package struct TableTraining {
    /// What is measured of it; its weights are there when it is trained.
    package let row: TableRow
    private let setup: RunSetup
    private let folder: String

    /// Reads the entry's configuration, the recipe laid over it. `folder` is that of the table; `iterations` nil: the
    /// recipe's. Throws `ConfigError`.
    package init(_ entry: TableEntry, folder: String, iterations: Int?, configs: String) throws {
        let recipe = try ConfigDocument.read(path: configs + "/comparison/recipe.cfg")
        let written = recipe.keys.flatMap { key in
            recipe[key].map { [key, $0.text ?? "\($0.value)"] } ?? []
        }
        let length = iterations.map { ["SOLVER.MAX_ITER", "\($0)"] } ?? []
        let own = ["DATASETS.ROOT", Self.dataRoot(folder), "SEED", "\(entry.seed)"]
        let config = configs + "/" + entry.file
        func row(_ output: String) -> TableRow {
            TableRow(
                title: entry.title, config: config,
                settings: written + entry.settings + own + length + ["OUTPUT_DIR", output],
                weights: output + "/model_final.safetensors")
        }
        // Another recipe is another run, beside the first.
        self.folder = "\(folder)/\(entry.name)-\(try row("output").digest().prefix(12))"
        self.row = row(self.folder)
        setup = try CommandRunner.setUp(config, self.row.settings)
        _ = try setup.configuration.network()
    }

    private static func dataRoot(_ folder: String) -> String { folder + "/data" }

    /// Makes the pictures of demo_pan.cfg, unless they are there. Throws `InputError` or `FileError`.
    static func makeData(in folder: String, note: (String) -> Void) throws {
        let data = dataRoot(folder) + "/cityscapes"
        // Written last.
        if FileManager.default.fileExists(atPath: data + "/gtFine/cityscapes_panoptic_val.json") { return }
        note("making 64 synthetic street scenes in \(data)")
        try SyntheticScenes(imageCount: 64, size: ImageSize(height: 256, width: 512), seed: 1).write(to: data)
    }

    /// The scores at the end of the training; nil where a signal ended it. Throws one typed error for whatever is
    /// wrong.
    func scores(console: Console) throws -> TableScores? {
        let name = setup.configuration.datasets.test.first
        // Written when the training ends.
        if let scores = try TableScores.read(from: folder, dataSet: name) {
            console.line("\(row.title): trained before (\(folder))")
            return scores
        }
        console.line("\(row.title): trains (\(folder))")
        var options = TrainingRecipe.Options()
        options.resumes = true
        guard try TrainingRecipe(setup, options, console: console).run() == 0 else { return nil }
        return try TableScores.read(from: folder, dataSet: name)
    }
}
