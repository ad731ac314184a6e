import ConfigFiles
import Datasets
import Engine
import Foundation
import Recipes

/// Scores a row's weights on its data, by the keys of its own configuration. What was scored before is not scored
/// again, while keys, weights and data are the same.
struct TableEvaluation {
    /// The data of a row.
    enum TestData {
        /// Why there is nothing to score, in a line.
        case none(String)
        /// What the data are, in words that change with them.
        case sets(identity: String)
    }

    private let row: TableRow
    private let folder: String

    /// `folder` is that of the table, `data` the identity of the row's data. Throws `ConfigError`.
    init(_ row: TableRow, data: String, folder: String) throws {
        self.row = row
        let name = row.title.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        let digest = SHA256.digest(of: Data((try row.digest() + data).utf8))
        self.folder = "\(folder)/scores/\(String(name))-\(digest.prefix(12))"
    }

    /// The data of `row`, all of whose files are there. Throws `ConfigError`.
    static func data(of row: TableRow, note: (String) -> Void) throws -> TestData {
        let run = try row.setup().configuration
        if run.datasets.test.isEmpty { return .none("DATASETS.TEST names no data") }
        do {
            return .sets(identity: try run.openTestData(note: note).map(\.identity).joined(separator: "\n"))
        } catch let error as ConfigError { throw error } catch {
            return .none("\(error)".split(separator: "\n").joined(separator: " "))
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
