// Segments a picture, says what is in it, and draws it:
//     segment-picture CONFIGURATION WEIGHTS PICTURE OVERLAY
import SegmentationNetworks

@main enum SegmentPicture {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5 else { return print("usage: segment-picture CONFIGURATION WEIGHTS PICTURE OVERLAY") }
        SegmentationRuntime.onMemoryShortage { bytes in fatalError("no memory for \(bytes) bytes") }
        let configuration = try NetworkConfiguration(contentsOf: arguments[1])
        let model = try SegmentationModel(configuration, weights: arguments[2])
        let picture = try Picture(contentsOf: arguments[3])

        // A model may be used by several tasks at once.
        async let other = Task.detached { model.segment(picture) }.value
        let found = model.segment(picture)
        guard await other.labels == found.labels, await other.segmentMap == found.segmentMap else {
            fatalError("two tasks differ")
        }

        for region in found.classes { print("\(region.segmentationClass.name): \(region.area) pixels") }
        for segment in found.segments {
            print("segment \(segment.number), \(segment.segmentationClass.name): \(segment.area) pixels")
        }
        for object in found.instances where object.score ?? 0 >= 0.5 {
            guard let bounds = object.mask.bounds else { continue }
            print("\(object.segmentationClass.name), columns \(bounds.columns), rows \(bounds.rows)")
        }
        try found.overlay(on: picture).write(to: arguments[4])

        // An error says what, where, and what to do.
        do { _ = try Picture(contentsOf: "missing.png") } catch let error as SegmentationError { print(error.advice) }
    }
}
