import Annotations
import Files
import Foundation
import Images
import Metrics

/// The files that predictions of Cityscapes images are in, by the names cityscapesScripts look for: below
/// one folder, `city_sequence_frame*.png` with labelIds, `city_sequence_frame*.txt` with a line for each
/// instance.
struct CityscapesPredictions {
    private var labelFiles: [String: [String]] = [:]
    private var instanceFiles: [String: [String]] = [:]

    /// Whether there are predictions of pixels, of instances.
    var hasLabels: Bool { !labelFiles.isEmpty }
    var hasInstances: Bool { !instanceFiles.isEmpty }

    private let folder: String
    private let allowsOutside: Bool

    /// Throws `InputError` for a folder or a list of instances that cannot be read.
    init(folder: String, images: Set<String>, allowsOutside: Bool) throws {
        self.folder = folder
        self.allowsOutside = allowsOutside
        let lists = try ScoringFiles.files(below: folder, [".txt"])
        var masks: Set<String> = []
        for path in lists where images.contains(Self.stem(path)) {
            instanceFiles[Self.stem(path), default: []].append(path)
            for line in try Self.lines(path) {
                let mask = try Self.mask(line.mask, in: folder, allowsOutside: allowsOutside)
                masks.insert(URL(fileURLWithPath: mask).standardizedFileURL.path)
            }
        }
        for path in try ScoringFiles.files(below: folder, [".png"]) {
            let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
            if images.contains(Self.stem(path)), !masks.contains(absolute) {
                labelFiles[Self.stem(path), default: []].append(path)
            }
        }
    }

    /// city_sequence_frame of a file's name.
    static func stem(_ path: String) -> String {
        (path as NSString).lastPathComponent.split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)[0]
            .split(separator: "_").prefix(3).joined(separator: "_")
    }

    /// What is predicted for an image, beside the truth. Throws `InputError` where a file is missing or there are
    /// several, and `InputError`.
    func image(_ name: String, _ truth: CityscapesTruth) throws -> EvaluationImage {
        var image = EvaluationImage()
        if hasLabels {
            let path = try only(labelFiles[name], name, ".png")
            let labels = try ImageFile.readLabels(path)
            try ScoringFiles.requireSize(labels, truth.labels, path, advice: "predict at full size")
            image.cityscapesLabels = (labels.values, truth.labels.values, truth.instances.values, path)
        }
        if hasInstances { image.cityscapesInstances = (try instances(of: name), truth.instances.values, name) }
        return image
    }

    private func instances(of image: String) throws -> [CityscapesInstanceEvaluator.Prediction] {
        try Self.lines(only(instanceFiles[image], image, ".txt")).map { line in
            let mask = try ImageFile.readLabels(Self.mask(line.mask, in: folder, allowsOutside: allowsOutside))
            return .init(
                category: line.label,
                mask: RunLengthMask(height: mask.height, width: mask.width) { mask.values[$0] != 0 },
                score: line.confidence)
        }
    }

    /// The file of a mask that a list below `folder` names. As cityscapesScripts, it refuses masks that lie elsewhere.
    private static func mask(_ path: String, in folder: String, allowsOutside: Bool) throws -> String {
        let name = String(path.dropFirst(folder.count + 1))
        return try ScoringFiles.path(of: name, in: folder, allowsOutside: allowsOutside)
    }

    private func only(_ paths: [String]?, _ image: String, _ ending: String) throws -> String {
        guard let paths, paths.count == 1 else {
            throw InputError(
                place: image,
                what: paths == nil ? "the image has no prediction" : "the image has several predictions",
                expected: "one file \(image)*\(ending)", got: paths?.joined(separator: ", ") ?? "none",
                advice: "leave one for each image of the ground truth")
        }
        return paths[0]
    }

    /// Lines of a list: path of the mask relative to the list, label id, confidence.
    private static func lines(_ path: String) throws -> [(mask: String, label: Int, confidence: Double)] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ScoringFiles.missing(path, "a list of instances")
        }
        let folder = FileSystem.folder(of: path)
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        return try lines.enumerated().map { index, line in
            let words = line.split(separator: " ")
            guard words.count == 3, !words[0].hasPrefix("/"),
                let label = Double(words[1]).flatMap({ Int(exactly: $0) }),
                let confidence = Double(words[2]), confidence.isFinite
            else {
                throw InputError(
                    place: "\(path):\(index + 1)", what: "is no instance",
                    expected: "relative path of the mask, label id and confidence", got: "\"\(line)\"",
                    advice: "write one line for each instance")
            }
            return ("\(folder)/\(words[0])", label, confidence)
        }
    }
}
