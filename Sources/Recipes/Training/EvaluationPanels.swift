import Annotations
import Datasets
import EventFiles
import Images
import Scoring

/// Pictures of a few images of an evaluation, always the same ones: those at even distances among all.
struct EvaluationPanels {
    private static let most = 4

    private let sets: [(name: String, classes: ClassTable, overlay: OverlayRenderer)]
    private let chosen: Set<Int>
    private var seen = 0
    /// Of each the input, what is true, and what was predicted, side by side.
    private(set) var panels: [EncodedPicture] = []

    /// Of an evaluation on these data sets, which begins.
    init(of sets: [SegmentationDataset]) {
        self.sets = sets.map { ($0.name, $0.classes, OverlayRenderer(colors: $0.classes.colors)) }
        let (count, most) = (sets.reduce(0) { $0 + $1.items.count }, Self.most)
        chosen = Set((0..<most).map { $0 * count / most })
    }

    /// Takes notice of the next image. Throws `InputError`.
    mutating func add(_ image: EvaluatedImage) throws {
        defer { seen += 1 }
        guard chosen.contains(seen) else { return }
        let (set, sample) = (sets[image.set], image.truth.sample)
        let panel = PicturedImage(image.truth, image.prediction, set.classes, set.overlay).panel
        panels.append(
            EncodedPicture(
                name: (sets.count > 1 ? set.name + "/" : "") + sample.id, height: panel.height, width: panel.width,
                bytes: try ImageFile.jpeg(panel, place: sample.path)))
    }
}
