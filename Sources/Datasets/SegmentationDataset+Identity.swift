import Foundation

extension SegmentationDataset {
    /// What its pictures and labels are, in words that change with them: the classes, and of every image its files
    /// (with size and time of change), segments and objects. No picture is opened.
    package var identity: String {
        let header = "\(name) \(classes.names) \(classes.ignoreLabel) \(labelMap.identity)"
        let lines = items.map { item in
            let files = [item.imagePath, item.labelPath, item.panoptic?.path].compactMap(\.self).map(Self.state)
            let segments = item.panoptic.map { "\($0.form) \($0.segments)" } ?? ""
            let objects = item.instances.map { Self.state($0.path) + " \($0.content)" } ?? ""
            return "\(item.id) \(files) \(segments) \(objects)"
        }
        return ([header] + lines).joined(separator: "\n")
    }

    private static func state(_ path: String) -> String {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(path) \(attributes?[.size] as? Int ?? -1) \(changed)"
    }
}
