import Foundation

/// The scores of a network on a data set.
package struct TableScores: Codable, Equatable, Sendable {
    /// In percent; nil where results.json has none.
    package let meanIoU, panopticQuality: Double?
    /// The classes that are in the labels, of which `meanIoU` is the mean.
    package let classes: Int

    private enum CodingKeys: String, CodingKey {
        case meanIoU = "meanIou"
        case panopticQuality, classes
    }

    package init(meanIoU: Double?, panopticQuality: Double?, classes: Int) {
        (self.meanIoU, self.panopticQuality, self.classes) = (meanIoU, panopticQuality, classes)
    }

    /// The scores in an evaluation's results.json, those of the data set of this name where there are several; nil
    /// where `folder` has no such file. Throws `BenchFailure` for what are no scores.
    package static func read(from folder: String, dataSet: String?) throws -> TableScores? {
        let path = folder + "/results.json"
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        let tasks = object?["sem_seg"] == nil ? dataSet.flatMap { object?[$0] as? [String: Any] } : object
        guard let semantic = tasks?["sem_seg"] as? [String: Any] else {
            throw BenchFailure(
                description: "\(path): expected the scores of label maps; remove \(folder) to make them again")
        }
        let panoptic = tasks?["panoptic_seg"] as? [String: Any]
        return TableScores(
            meanIoU: semantic["mIoU"] as? Double, panopticQuality: panoptic?["PQ"] as? Double,
            classes: semantic.count { $0.key.hasPrefix("IoU-") && $0.value is Double })
    }
}
