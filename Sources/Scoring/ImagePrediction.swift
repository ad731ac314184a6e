import Annotations
import Files
import Images

/// What was predicted for one image, at its own size and by class numbers; nil is what was not asked for.
package struct ImagePrediction: Sendable {
    /// The image's size.
    package let size: ImageSize
    /// A class for every pixel.
    package var labels: LabelImage?
    /// A segment for every pixel.
    package var panoptic: PanopticResult?
    /// Things that were found.
    package var instances: [PredictedInstance]?

    /// A prediction of label maps alone, or of nothing yet.
    package init(size: ImageSize, labels: LabelImage? = nil) {
        self.size = size
        self.labels = labels
    }

    /// The picture of the segments' numbers.
    func picture(of result: PanopticResult) -> Image<UInt8> {
        Image(size: size, segmentIDs: result.segmentIDs.map { UInt32(bitPattern: $0) })
    }
}

extension LabelImage {
    /// Writes class numbers as a grey PNG, of 16 bits where there are more than 256 classes; it replaces
    /// only a file that `list` knows. Throws `ImageError` or `FileError`.
    func writeClasses(count: Int, to path: String, listed list: FileList) throws {
        try ImageFile.writePNG(labels: self, bits: count > 256 ? 16 : 8, to: path, listed: list)
    }
}
