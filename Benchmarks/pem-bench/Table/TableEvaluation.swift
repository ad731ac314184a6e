import ConfigFiles
import Engine
import Recipes

/// Scores a row's weights on its data, by the keys of its own configuration. What was scored before is not scored
/// again.
struct TableEvaluation {
    private let row: TableRow
    private let folder: String

    /// `folder` is that of the table. Throws `ConfigError`.
    init(_ row: TableRow, folder: String) throws {
        self.row = row
        let name = row.title.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        self.folder = "\(folder)/scores/\(String(name))-\(try row.digest().prefix(12))"
    }

    /// Why there is nothing to score, in a line; nil where there is. Throws `ConfigError`.
    static func obstacle(to row: TableRow, note: (String) -> Void) throws -> String? {
        let run = try row.setup().configuration
        if run.datasets.test.isEmpty { return "DATASETS.TEST names no data" }
        do {
            _ = try run.openTestData(note: note)
            return nil
        } catch let error as ConfigError { throw error } catch {
            return "\(error)".split(separator: "\n").joined(separator: " ")
        }
    }

    /// The scores; nil where a signal ended it. Throws one typed error for whatever is wrong.
    func scores(console: Console) throws -> TableScores? {
        let setup = try row.setup()
        let first = setup.configuration.datasets.test.first
        if let scores = try TableScores.read(from: folder, dataSet: first) {
            console.line("\(row.title): scored before (\(folder))")
            return scores
        }
        guard let weights = row.weights else { return nil }
        console.line("\(row.title): scores")
        let status = try EvaluationRecipe.run(
            setup, weights: weights, output: folder, saving: nil, console: console)
        return status == 0 ? try TableScores.read(from: folder, dataSet: first) : nil
    }
}
