import Datasets
import Engine
import Foundation
import Metrics

/// Scores predictions that lie on disk, whoever made them, and writes `results.json`.
package struct ScoringRecipe {
    private let folder: String
    private let format: PredictionFormat
    private let truth: String?
    private let setup: RunSetup?
    private let output: String
    private let console: Console

    /// `folder` holds the predictions; the ground truth is at `truth`, or that of DATASETS.TEST of `setup`.
    /// `output` is the folder of results.json.
    package init(
        folder: String, format: PredictionFormat, truth: String?, setup: RunSetup?, output: String,
        console: Console
    ) {
        self.folder = folder
        self.format = format
        self.truth = truth
        self.setup = setup
        self.output = output
        self.console = console
    }

    /// Scores, shows the tables and writes; returns the exit status. Throws one typed error for whatever is
    /// wrong.
    package func callAsFunction() throws -> Int32 {
        defer { console.endLive() }
        let progress = ImageProgress(console, verb: "scored")
        let report = try score(progress: progress.show)
        report.lines.forEach(console.line)
        try RunFiles.makeFolder(output)
        try report.write(to: output)
        console.line("\nresults: \(output)/results.json")
        return 0
    }

    private func score(progress: (Int, Int) -> Void) throws -> ScoringReport {
        switch format {
        case .cityscapes: try CityscapesScoring(truthFolder: truthPath(), folder: folder)(progress: progress)
        case .cocoPanoptic: try PanopticScoring(truthPath: truthPath(), folder: folder)(progress: progress)
        case .cocoInstances: try InstanceScoring(truthPath: truthPath(), folder: folder)(progress: progress)
        case .labels: try LabelScoring(data: labelledData(), folder: folder)(progress: progress)
        }
    }

    private func labelledData() throws -> SegmentationDataset {
        guard let setup, truth == nil, let data = try setup.configuration.openTestData(note: console.line)
        else {
            throw MetricsError(
                place: "--format labels", what: "needs the classes of a data set",
                expected: "--config, with a data set in DATASETS.TEST",
                got: truth.map { "--ground-truth \($0)" } ?? "none",
                advice: "describe a folder of images and labels as folder:FILE.json:SPLIT")
        }
        return data
    }

    private func truthPath() throws -> String {
        if let truth { return truth }
        let datasets = setup?.configuration.datasets
        let names = datasets?.test ?? []
        if let path = GroundTruth.path(of: names, format, root: datasets?.root) { return path }
        throw MetricsError(
            place: "--format \(format.rawValue)", what: "the ground truth is not known",
            expected: "--ground-truth, or --config with one data set of this format in DATASETS.TEST",
            got: names.isEmpty ? "none" : names.joined(separator: ", "), advice: "give --ground-truth")
    }
}
