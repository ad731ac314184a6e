import Annotations
import Datasets
import Images
import Pages

/// An image at the size of a page's pictures, with what is true of it and what was predicted.
package struct PicturedImage: Sendable {
    private let image: Image<UInt8>
    private let truth: DrawnRegions?
    private let prediction: DrawnRegions
    private let overlay: OverlayRenderer

    /// Pixels of a picture, and of its longer side: 40 such pictures leave a page below 5 MB.
    private static let (mostPixels, longestSide) = (230_000.0, 768.0)

    /// `overlay` has the colours of these classes.
    package init(
        _ truth: EvaluationCase, _ prediction: ImagePrediction, _ classes: ClassTable, _ overlay: OverlayRenderer
    ) {
        let size = Self.size(for: truth.sample.size)
        image = truth.sample.image.resized(to: size)
        self.truth = DrawnRegions(truth, classes, size: size)
        self.prediction = DrawnRegions(prediction, classes, size: size)
        self.overlay = overlay
    }

    private static func size(for size: ImageSize) -> ImageSize {
        let (height, width) = (Double(size.height), Double(size.width))
        let scale = min(1, (mostPixels / (height * width)).squareRoot(), longestSide / max(height, width))
        return ImageSize(
            height: max(1, Int((height * scale).rounded())), width: max(1, Int((width * scale).rounded())))
    }

    /// What is true, where that is known, and what was predicted, each over the image.
    private var drawn: [(kind: String, picture: Image<UInt8>)] {
        [truth.map { ("truth", $0) }, ("prediction", prediction)].compactMap(\.self).map { kind, regions in
            (kind, overlay.render(image, labels: regions.labels, segments: regions.segments))
        }
    }

    /// The image, what is true, and what was predicted, side by side.
    package var panel: Image<UInt8> {
        let pictures = [("input", image)] + drawn
        return .row(pictures.map(\.1), captions: pictures.map(\.0), gap: 8)
    }

    /// What was predicted over the image, beside what is true where that is known. Throws `InputError`.
    func pictures(of name: String) throws -> [Picture] {
        try drawn.map { kind, picture in try .jpeg(picture, description: "\(name): \(kind)") }
    }
}
