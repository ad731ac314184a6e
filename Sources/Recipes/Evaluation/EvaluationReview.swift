import Annotations
import Datasets
import Engine
import Foundation
import Images
import Profiling
import Scoring
import Tensors

/// What an evaluation's page shows, gathered image by image.
struct EvaluationReview {
    private let sets: [(name: String, title: String, classes: ClassTable, overlay: OverlayRenderer)]
    private let isAugmented: Bool
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private(set) var images = ImageScores()
    private var ranking: ImageRanking<PicturedImage>
    /// Seconds for images, for predictions, and for scores; last for what is gathered here.
    private var waiting = 0.0, scoring = 0.0, own = 0.0
    private var predicting: [Double] = []

    /// An evaluation on these data sets of DATASETS.TEST that begins now; scores of `augmented` inference have names of
    /// their own.
    init(_ sets: [(name: String, data: SegmentationDataset)], augmented: Bool) {
        isAugmented = augmented
        self.sets = sets.map {
            ($0.name, $0.data.name, $0.data.classes, OverlayRenderer(colors: $0.data.classes.colors))
        }
        ranking = ImageRanking(of: sets.reduce(0) { $0 + $1.data.items.count })
        start = clock.now
    }

    /// Takes notice of the next image.
    mutating func add(_ image: EvaluatedImage) {
        let began = clock.now
        let set = sets[image.set]
        let score = images.add(
            image.truth.sample.id, of: set.name, ScoringReport(image.evaluators, augmented: isAugmented))
        ranking.add(score) { PicturedImage(image.truth, image.prediction, set.classes, set.overlay) }
        waiting += image.seconds.waiting
        scoring += image.seconds.scoring
        predicting.append(image.seconds.predicting)
        own += (clock.now - began) / .seconds(1)
    }

    /// The page's text, after the last image. Throws `InputError`.
    func page(_ report: EvaluationReport, _ record: EvaluationRecord) throws -> String {
        let began = clock.now
        let whole = (began - start) / .seconds(1) - own
        let page = try EvaluationPage(
            report, images, of: sets.map { .init($0.title, $0.classes) }, pictured: ranking,
            origin: record.origin + [("date", Date().formatted(.iso8601))],
            configuration: record.configuration)
        return page.html(speed: speed(whole: whole, page: own + (clock.now - began) / .seconds(1)))
    }

    private func speed(whole: Double, page: Double) -> [EvaluationPage.Fact] {
        func share(_ value: Double) -> String {
            String(format: "%.2f s, %.1f %%", value, 100 * value / max(whole, 1e-9))
        }
        let sorted = predicting.sorted()
        func quantile(_ part: Double) -> String {
            sorted.isEmpty ? "-" : String(format: "%.1f ms", 1000 * sorted[Int(part * Double(sorted.count - 1))])
        }
        return [
            ("images", "\(predicting.count)"), ("time", ProgressReporter.duration(whole)),
            ("images/s", String(format: "%.2f", Double(predicting.count) / max(whole, 1e-9))),
            ("network and its results", share(predicting.reduce(0, +))), ("scores", share(scoring)),
            ("waiting for images", share(waiting)),
            ("an image, median", quantile(0.5)), ("an image, 95th percentile", quantile(0.95)),
            ("this page, beside the time", share(page)), ("threads", "\(ThreadPool.threadCount)"),
            ("processor", Machine.processor),
        ]
    }
}
