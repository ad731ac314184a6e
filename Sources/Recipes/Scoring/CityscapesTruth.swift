import Annotations
import Datasets
import Foundation
import Images
import Metrics

/// Cityscapes' official ground truth of one image.
struct CityscapesTruth: Sendable {
    /// How the names of labelIds images end.
    static let suffix = "_labelIds.png"
    private static let trainSuffix = "_labelTrainIds.png"

    /// Label ids, and label · 1000 + number for what has instances.
    let labels, instances: LabelImage

    /// Reads labelIds, and instanceIds beside them. Throws `ImageError`, and `MetricsError` where instanceIds
    /// have lost their numbers.
    init(labelIDs path: String) throws {
        let instancePath = Self.instanceIDs(beside: path)
        let bits = try ImageFile.bitsPerValue(of: instancePath)
        guard bits == 16 else {
            throw MetricsError(
                place: instancePath, what: "instanceIds have lost their numbers", expected: "a grey PNG of 16 bits",
                got: "\(bits) bits", advice: "take the official file again, and don't convert it")
        }
        labels = try ImageFile.readLabels(path)
        instances = try ImageFile.readLabels(instancePath)
    }

    private static func instanceIDs(beside path: String) -> String {
        path.dropLast(suffix.count) + "_instanceIds.png"
    }

    /// Whether a data set is Cityscapes by classes and names of images.
    static func isCityscapes(_ data: SegmentationDataset) -> Bool {
        data.classes == .cityscapes && data.items.allSatisfy { $0.imagePath.hasSuffix("_leftImg8bit.png") }
    }

    /// labelIds images of a data set's items, which lie beside their labelTrainIds; nil where it isn't
    /// Cityscapes, or has no labels.
    static func paths(of data: SegmentationDataset) -> [String]? {
        guard isCityscapes(data), !data.items.isEmpty else { return nil }
        let paths = data.items.compactMap(\.labelPath).filter { $0.hasSuffix(trainSuffix) }.map {
            String($0.dropLast(trainSuffix.count)) + suffix
        }
        return paths.count == data.items.count ? paths : nil
    }

    /// The first file that scoring by these labelIds needs and that isn't there.
    static func missingFile(_ paths: [String]) -> String? {
        paths.lazy.flatMap { [$0, instanceIDs(beside: $0)] }.first { !FileManager.default.fileExists(atPath: $0) }
    }

    /// Label ids of class numbers.
    static func labelIDs(of classes: LabelImage) -> LabelImage {
        LabelImage(width: classes.width, height: classes.height, values: classes.values.map { labelIDs[Int($0)] })
    }

    /// The label id of each class.
    static let labelIDs: [UInt16] = CityscapesLabel.all.filter { !$0.isIgnored }.sorted { $0.trainID < $1.trainID }
        .map { UInt16($0.id) }
}
