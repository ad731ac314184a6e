import Annotations
import Configurations
import Inference
import Profiling
import Recipes
import Tensors

/// What is known of a row's network before anything is timed.
package struct TableNetwork: Codable, Sendable {
    /// Inference of one image of a size.
    package struct Work: Codable, Equatable, Sendable {
        /// Rows and columns of the image.
        let height, width: Int
        /// How many windows cover the image; 1: it is seen whole.
        let windows: Int
        /// Multiply-adds of all windows, those of mixing class maps included.
        let macs: Int

        package init(height: Int, width: Int, windows: Int, macs: Int) {
            (self.height, self.width, self.windows, self.macs) = (height, width, windows, macs)
        }
    }

    /// What the table calls it.
    package let title: String
    /// The configuration's file, and what was laid over it.
    let config: String
    let settings: [String]
    /// The file of weights.
    let weights: String?
    /// What the network is, for a person.
    let network: String
    let classes, parameters: Int
    /// The keys that say what happens to a picture in an evaluation, with their values.
    let testKeys: [String]
    /// The names of DATASETS.TEST.
    let dataSets: [String]
    /// Why a network with weights has no scores.
    var reason: String?
    package var scores: TableScores?
    /// At each size of the table, except where the only window is the whole image.
    package let works: [Work]

    package init(
        title: String, config: String, settings: [String] = [], weights: String? = nil, network: String, classes: Int,
        parameters: Int, testKeys: [String] = [], dataSets: [String] = [], reason: String? = nil,
        scores: TableScores? = nil, works: [Work]
    ) {
        (self.title, self.config, self.settings, self.weights) = (title, config, settings, weights)
        (self.network, self.classes, self.parameters) = (network, classes, parameters)
        (self.testKeys, self.dataSets, self.reason) = (testKeys, dataSets, reason)
        (self.scores, self.works) = (scores, works)
    }

    /// Builds the network of `row`, runs it once at each size, and lets it go again. Where it is not `trainedLater`,
    /// its weights must fit. Throws `ConfigError` or `CheckpointError`; `note` is told what a person should know.
    init(_ row: TableRow, sizes: [ImageSize], trainedLater: Bool, note: (String) -> Void) throws {
        let setup = try row.setup()
        setup.warnings.forEach { note("warning: \($0)") }
        let run = setup.configuration
        let work = try NetworkWork(run)
        if let weights = row.weights, !trainedLater {
            try RunFiles.openWeights(weights, setup).load(into: work.network.store).forEach(note)
        }
        let slide = run.test.inference.slide
        self.init(
            title: row.title, config: row.config, settings: row.settings, weights: row.weights,
            network: try run.network().summary, classes: work.network.classCount,
            parameters: work.network.store.parameterCount, testKeys: Self.testKeys(run), dataSets: run.datasets.test,
            works: sizes.compactMap { size in
                let windows = slide.isEnabled ? SlidingWindows(slide, size).regions : []
                if slide.isEnabled, windows.count == 1 { return nil }
                let window = windows.first?.size ?? size
                let macs = work.work(height: window.height, width: window.width).macs
                return Work(
                    height: size.height, width: size.width, windows: max(1, windows.count),
                    macs: max(1, windows.count) * macs)
            })
        StoragePool.releaseCache()
    }

    private static func testKeys(_ run: RunConfiguration) -> [String] {
        run.settings.filter { $0.key.hasPrefix("INPUT.") && $0.key.contains("TEST") || $0.key == "INPUT.RESAMPLING" }
            .map { "\($0.key) \($0.value)" }
    }

    /// The work at a size.
    package func work(_ size: ImageSize) -> Work? { works.first { $0.height == size.height && $0.width == size.width } }
}
