import ArgumentParser
import Scoring

/// What is kept of a prediction.
struct ThresholdOptions: ParsableArguments {
    private static let section = "MODEL.MASK_FORMER.TEST."

    @Option(
        help: ArgumentHelp(
            "Instances of a lower score are neither drawn nor in --json; NAME_instances.json and formats have all, "
                + "as scorers want them.", valueName: "0...1"))
    var scoreThreshold = PictureStyle().leastScore

    @Option(
        help: ArgumentHelp(
            "The least class score of a query that becomes a panoptic segment (\(section)OBJECT_MASK_THRESHOLD).",
            valueName: "0...1"))
    var objectMaskThreshold: Double?

    @Option(
        help: ArgumentHelp(
            "The least part of a mask that others must leave of it in panoptic results (\(section)OVERLAP_THRESHOLD).",
            valueName: "0...1"))
    var overlapThreshold: Double?

    @Option(
        help: ArgumentHelp(
            "Instances of a picture, the best ones (TEST.DETECTIONS_PER_IMAGE).", valueName: "n"))
    var maxInstances: Int?

    /// As keys of the configuration with their values.
    var settings: [String] {
        let values: [(key: String, value: String?)] = [
            (Self.section + "OBJECT_MASK_THRESHOLD", objectMaskThreshold.map { "\($0)" }),
            (Self.section + "OVERLAP_THRESHOLD", overlapThreshold.map { "\($0)" }),
            ("TEST.DETECTIONS_PER_IMAGE", maxInstances.map { "\($0)" }),
        ]
        return values.flatMap { key, value in value.map { [key, $0] } ?? [] }
    }

    func validate() throws {
        let thresholds: [(name: String, value: Double?)] = [
            ("--score-threshold", Double(scoreThreshold)), ("--object-mask-threshold", objectMaskThreshold),
            ("--overlap-threshold", overlapThreshold),
        ]
        for (name, value) in thresholds {
            if let value, !(0...1).contains(value) {
                throw ValidationError("\(name): expected 0 to 1, got \(value)")
            }
        }
        if let maxInstances, maxInstances < 1 {
            throw ValidationError("--max-instances: expected at least 1, got \(maxInstances)")
        }
    }
}
