import Annotations

/// What a check found, for programs: `pem-data stats`.
package struct DatasetStatistics: Encodable, Sendable {
    private struct Size: Encodable {
        let width, height, images: Int
    }

    private struct Class: Encodable {
        let number: Int
        let name: String
        let color: [Int]
        let isThing: Bool
        let pixels: Int
        /// Of the pixels read, those of the ignore label among them.
        let share: Double
        /// Those read that have a pixel of it.
        let images: Int
        /// For a loss, as MODEL.PIDNET.CLASS_WEIGHTS has them.
        let weight: Double

        private enum CodingKeys: String, CodingKey {
            case number, name, color, pixels, share, images, weight
            case isThing = "thing"
        }
    }

    /// Over the images where it is known.
    private struct Range: Encodable {
        let least, most: Int
        let mean: Double

        init?(_ counts: [Int]) {
            guard let least = counts.min(), let most = counts.max() else { return nil }
            (self.least, self.most) = (least, most)
            mean = Double(counts.reduce(0, +)) / Double(counts.count)
        }
    }

    private let name: String
    private let images, labelled, read, ignoreLabel, ignoredPixels: Int
    private let ignoredShare: Double
    private let sizes: [Size]
    private let classes: [Class]
    private let classesPerImage, segmentsPerImage, objectsPerImage: Range?
    private let problems, warnings: [String]

    private enum CodingKeys: String, CodingKey {
        case name, images, labelled, read, sizes, classes, problems, warnings
        case ignoreLabel = "ignore_label", ignoredPixels = "ignored_pixels", ignoredShare = "ignored_share"
        case classesPerImage = "classes_per_image", segmentsPerImage = "segments_per_image"
        case objectsPerImage = "objects_per_image"
    }

    /// Of a data set with these classes.
    package init(_ report: DatasetReport, _ table: ClassTable) {
        name = report.name
        images = report.imageCount
        labelled = report.labelCount
        read = report.labelsRead
        ignoreLabel = table.ignoreLabel
        ignoredPixels = report.ignoredPixels
        ignoredShare = report.share(of: report.ignoredPixels)
        sizes = report.sizesByCount.map { Size(width: $0.size.width, height: $0.size.height, images: $0.images) }
        let (imageCounts, weights) = (report.classImages, report.classWeights)
        classes = table.names.indices.map { number in
            Class(
                number: number, name: table.names[number], color: table.colors[number].levels,
                isThing: table.isThing[number], pixels: report.classPixels[number],
                share: report.share(of: report.classPixels[number]), images: imageCounts[number],
                weight: weights[number])
        }
        classesPerImage = Range(report.contents.compactMap { $0.classNumbers?.count })
        segmentsPerImage = Range(report.contents.compactMap(\.segments))
        objectsPerImage = Range(report.contents.compactMap(\.objects))
        problems = report.problems.filter(\.isBlocking).map(\.description)
        warnings = report.warnings(table)
    }
}
