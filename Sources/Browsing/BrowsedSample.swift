import Annotations
import Datasets
import Images

/// An image of a data set, small: as it is, with its labels, and as training sees it.
struct BrowsedSample {
    /// The box that each panel fits into.
    private static let box = ImageSize(height: 240, width: 320)
    static let lettering = Lettering(capital: 9)

    let id: String
    /// Of the image's file.
    let size: ImageSize
    let panels: [(caption: String, image: Image<UInt8>)]
    /// What the labels of all panels say.
    let segments: [NamedSegments]

    /// Item `index`, and as `mapper` makes training samples of it in epochs 0 ..< `epochs`. Throws `InputError` and
    /// `DatasetError`, which name the file.
    init(
        _ index: Int, of dataset: SegmentationDataset, mapper: (any TrainingMapper)?, epochs: Int, seed: UInt64
    ) throws {
        let item = dataset.items[index]
        let picture = try dataset.image(of: item)
        (id, size) = (item.id, picture.size)
        var panels = [(caption: "", image: Self.small(picture))]
        var segments: [NamedSegments] = []
        let drawing = SegmentDrawing(dataset.classes)
        func add(_ caption: String, _ picture: Image<UInt8>, _ truth: BrowsedSegments) {
            let small = Self.small(picture)
            segments.append(truth.resized(to: small.size, dataset.classes))
            panels.append((caption, drawing(segments[segments.count - 1], over: small, Self.lettering)))
        }
        if let truth = try BrowsedSegments(of: item, in: dataset) { add("labels", picture, truth) }
        if let mapper {
            for epoch in 0..<epochs {
                let sample = try mapper.sample(of: dataset, seed: seed, epoch: epoch, index: index)
                add(
                    "augmented, \(sample.image.size)", sample.image,
                    BrowsedSegments(of: sample, ignoreLabel: dataset.classes.ignoreLabel))
            }
        }
        self.panels = panels
        self.segments = segments
    }

    private static func small(_ image: Image<UInt8>) -> Image<UInt8> {
        let scale = min(
            Double(box.height) / Double(image.height), Double(box.width) / Double(image.width))
        return image.resized(
            to: ImageSize(
                height: max(1, Int((Double(image.height) * scale).rounded())),
                width: max(1, Int((Double(image.width) * scale).rounded()))))
    }

    /// The panels side by side, below the image's name and size.
    var row: Image<UInt8> {
        let captions = panels.enumerated().map { index, panel in
            index == 0 ? Self.title("\(id), \(size)", width: panel.image.width) : panel.caption
        }
        return .row(panels.map(\.image), captions: captions, gap: 8)
    }

    /// The end of a text that is too long: names of images differ there.
    private static func title(_ text: String, width: Int) -> String {
        var text = text[...]
        while text.count > 8, lettering.width(of: "..." + text) > width { text = text.dropFirst() }
        return text.endIndex == text.base.endIndex && text.count == text.base.count ? String(text) : "..." + text
    }
}
