import Annotations
import Datasets
import Foundation
import Images
import Metrics

/// Cityscapes' official ground truth of one image.
struct CityscapesTruth: Sendable {
    /// How the names of labelIds images end.
    static let suffix = "_labelIds.png"
    private static let imageSuffix = "_leftImg8bit.png"

    /// Label ids, and label · 1000 + number for what has instances.
    let labels, instances: LabelImage

    /// Reads labelIds, and instanceIds beside them. Throws `InputError`, and `InputError` where instanceIds
    /// have lost their numbers.
    init(labelIDs path: String) throws {
        let instancePath = Self.instanceIDs(beside: path)
        let bits = try ImageFile.bitsPerValue(of: instancePath)
        guard bits == 16 else {
            throw InputError(
                place: instancePath, what: "instanceIds have lost their numbers", expected: "a grey PNG of 16 bits",
                got: "\(bits) bits", advice: "take the official file again, and don't convert it")
        }
        labels = try ImageFile.readLabels(path)
        instances = try ImageFile.readLabels(instancePath)
    }

    private static func instanceIDs(beside path: String) -> String {
        path.dropLast(suffix.count) + "_instanceIds.png"
    }

    /// labelIds images of a data set's items, which lie in gtFine as the images do in leftImg8bit; nil where
    /// it is not Cityscapes.
    static func paths(of data: SegmentationDataset) -> [String]? {
        guard data.classes == .cityscapes || data.classes == ClassTable.cityscapes.things else { return nil }
        let paths = data.items.compactMap { item -> String? in
            guard item.imagePath.hasSuffix(imageSuffix),
                let folder = item.imagePath.range(of: "/leftImg8bit/", options: .backwards)
            else { return nil }
            let path = item.imagePath.replacingCharacters(in: folder, with: "/gtFine/")
            return path.dropLast(imageSuffix.count) + "_gtFine" + suffix
        }
        return paths.count == data.items.count ? paths : nil
    }

    /// The first file that scoring by these labelIds needs and that is not there.
    static func missingFile(_ paths: [String]) -> String? {
        paths.lazy.flatMap { [$0, instanceIDs(beside: $0)] }.first { !FileManager.default.fileExists(atPath: $0) }
    }

    /// Throws `UnreadableFiles` where headers of these labelIds, or of the instanceIds beside them, cannot be read.
    static func requireHeaders(_ paths: [String]) throws {
        let messages = paths.flatMap { [$0, instanceIDs(beside: $0)] }.compactMap { path -> String? in
            do {
                _ = try ImageFile.size(of: path)
                return nil
            } catch { return "\(error)" }
        }
        if !messages.isEmpty { throw UnreadableFiles(messages: messages) }
    }

    /// Label ids of class numbers.
    static func labelIDs(of labels: LabelImage) -> LabelImage {
        let ids = ClassTable.cityscapes.categoryIDs.map { UInt16($0) }
        return LabelImage(size: labels.size, values: labels.values.map { ids[Int($0)] })
    }
}
