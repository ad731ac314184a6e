import Annotations
import Images

/// Makes label images of others, as the preparation scripts of the official data sets do.
enum DerivedLabels {
    /// Makes each target (written aside and renamed: a target that exists is whole) of its source, on all
    /// cores. Throws `DatasetError` with every file that failed.
    static func make(
        _ jobs: [(source: String, target: String)], dataset: String, kind: String, note: (String) -> Void,
        transform: @Sendable (LabelImage, String) throws -> LabelImage
    ) throws {
        if jobs.isEmpty { return }
        note("\(dataset): making \(jobs.count) \(kind) images")
        let advice =
            "the \(kind) images could not be made: correct the files, or make the folder writable"
        _ = try parallelMap(jobs.count, of: dataset, advice: advice) { index in
            let (source, target) = jobs[index]
            try ImageFile.writePNG(
                labels: transform(ImageFile.readLabels(source), source), bits: 8, to: target)
        }
    }
}
