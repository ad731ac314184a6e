import Configurations
import Families
import Foundation
import Recipes

/// A row of the table: the configuration of a network, and the weights that it runs with.
package struct TableRow: Codable, Equatable, Sendable {
    /// What the table calls it.
    package private(set) var title: String
    /// The configuration's file.
    let config: String
    /// KEY VALUE …, laid over it.
    private(set) var settings: [String]
    /// The file of trained weights; nil: initial ones, which have no scores.
    package let weights: String?

    init(title: String, config: String, settings: [String], weights: String?) {
        (self.title, self.config, self.settings, self.weights) = (title, config, settings, weights)
    }

    /// FILE or FILE=WEIGHTS. The table is of one look at a picture, and of one rule for all: TEST.AUG
    /// is switched off, TEST.MEAN_IOU is detectron2's.
    private init(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        let isFile = parts.count < 2 || FileManager.default.fileExists(atPath: argument)
        config = isFile ? argument : parts[0]
        weights = isFile ? nil : parts[1]
        settings = ["TEST.AUG.ENABLED", "False", "TEST.MEAN_IOU", "detectron2"]
        // As `Configs` has it, without the ending.
        let file = (config as NSString).deletingPathExtension
        let folders = file.components(separatedBy: "/")
        title = (folders.lastIndex(of: "Configs").map { folders[($0 + 1)...] } ?? folders.suffix(1)).joined(
            separator: "/")
    }

    /// The rows of the command line's arguments. A configuration that sees an image through windows (TEST.SLIDE) has
    /// two rows, with windows and without. Throws `ConfigError`, and `BenchFailure` for a row that is there twice.
    package static func rows(_ arguments: [String]) throws -> [TableRow] {
        let rows = arguments.map(TableRow.init(argument:))
        if let twice = arguments.first(where: { argument in arguments.count { $0 == argument } > 1 }) {
            throw BenchFailure(description: "\(twice): given twice")
        }
        return try zip(arguments, rows).flatMap { argument, row in
            var row = row
            if rows.count(where: { $0.title == row.title }) > 1 { row.title = argument }
            return try row.ways
        }
    }

    private var ways: [TableRow] {
        get throws {
            let configuration = try setup().configuration
            _ = try configuration.network()
            let slide = configuration.test.inference.slide
            guard slide.isEnabled else { return [self] }
            var (windows, whole) = (self, self)
            windows.title += ", windows of \(slide.window[0])×\(slide.window[1])"
            whole.title += ", whole image"
            whole.settings += ["TEST.SLIDE.ENABLED", "False"]
            return [windows, whole]
        }
    }

    /// Its configuration. Throws `ConfigError`, or `DatasetError` for a description that says how many classes there
    /// are.
    package func setup() throws -> RunSetup {
        var texts: [String: String] = [:]
        texts["MODEL.WEIGHTS"] = weights
        return try RunSetup(path: config, overrides: settings, texts: texts, families: networkFamilies)
    }

    /// Tells what its scores depend on from others: every key but OUTPUT_DIR, and the weights. Throws as `setup`.
    package func digest() throws -> String {
        let file = weights.flatMap { SHA256.digest(of: $0) } ?? "none"
        return SHA256.digest(of: Data((try setup().configuration.identity + "\nweights \(file)").utf8))
    }
}
