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
    /// Writes class numbers as a PNG: the indices of a palette of the classes' colours or, where there are more than
    /// 256 classes, grey of 16 bits; it replaces only a file that `list` knows. Throws `InputError` or `FileError`.
    func write(_ classes: ClassTable, to path: String, listed list: FileList) throws {
        // Nearly black ones would be nothing to see.
        let colors = classes.count > 256 ? nil : classes.colors.map { $0.isNearlyBlack ? $0.lightened : $0 }
        try ImageFile.writePNG(
            labels: self, bits: colors == nil ? 16 : 8, colors: colors, to: path, listed: list)
    }
}
