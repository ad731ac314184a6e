import Annotations
import Datasets
import Files
import Foundation
import Images
import Metrics
import Scoring
import TestSupport
import Testing

@Suite struct EvaluationPageTests {
    private let hostile = "<script>document.title='x'</script>\"><img src=x onerror=alert(1)>,\n"

    private func page(_ names: [String], images: [String], _ pictured: ImageRanking<PicturedImage>? = nil) throws
        -> (html: String, csv: String)
    {
        var (all, scores) = (SemanticEvaluator(classNames: names, ignoreLabel: 65_535), ImageScores())
        // A few different images stand for all.
        let reports = try (0..<min(3, images.count)).map { index in
            var own = SemanticEvaluator(classNames: names, ignoreLabel: 65_535)
            let said = (0..<10).map { UInt16(($0 < 4 * index ? $0 + 1 : $0) % names.count) }
            try own.add(prediction: said, truth: (0..<10).map { UInt16($0 % names.count) }, image: images[index])
            all.merge(own)
            return ScoringReport([own])
        }
        for (index, image) in images.enumerated() { scores.add(image, of: "data", reports[index % 3]) }
        let report = EvaluationReport([("data", ScoringReport([all]))], record: "{}")
        let page = try EvaluationPage(
            report, scores, of: [.init("data", nil)], pictured: pictured, origin: [("weights", hostile)],
            configuration: [("KEY", hostile)])
        return (page.html(speed: [("time", hostile)]), scores.csv)
    }

    @Test func namesAreOnlyText() throws {
        let (html, csv) = try page([hostile, "road"], images: [hostile, "b"])
        #expect(!html.contains("<script") && !html.contains("<img") && html.contains("&lt;script&gt;document.title"))
        #expect(csv.hasPrefix("data_set,image,sem_seg/mIoU,"))
        let quoted = "data,\"" + hostile.replacingOccurrences(of: "\"", with: "\"\"") + "\",100.0,"
        #expect(csv.contains(quoted), "\(csv)")
    }

    /// As many classes as ADE20K has in full, and more images than any of our data sets.
    @Test func manyClassesAndImagesKeepWithinFiveMegabytes() throws {
        let html = try page((0..<847).map { "class \($0)" }, images: (0..<200).map { "image \($0)" }).html
        #expect(html.utf8.count < 2_000_000 && html.contains("data:image/png;base64,"))
        #expect(html.contains("<td>image 199</td>") && !html.contains("per_image.csv."))
        let long = try page(["a", "b"], images: (0..<12_000).map { "folder/of/images/\($0)" })
        #expect(long.html.utf8.count < 5_000_000 && long.html.contains(" more are in per_image.csv."))
        #expect(long.csv.split(separator: "\n").count == 12_001)
    }

    /// Noise cannot be compressed: pictures are left out.
    @Test func picturesThatDoNotFitAreLeftOut() throws {
        let folder = NSTemporaryDirectory() + "page-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let size = ImageSize(height: 478, width: 480)
        var random = SplitMix(state: 3)
        let noise = Image<UInt8>(
            size: size, channels: 3, values: (0..<3 * size.area).map { _ in UInt8(random.next() & 255) })
        try ImageFile.writePNG(noise, to: folder + "/image.png")
        let labels = LabelImage(size: size, values: (0..<size.area).map { UInt16($0 / 50_000 % 2) })
        try ImageFile.writePNG(labels: labels, bits: 8, to: folder + "/labels.png")
        let classes = ClassTable([.stuff("a", 200, 0, 0), .thing("b", 0, 200, 0)], ignoreLabel: 255)
        let names = (0..<20).map { "image \($0)" }
        let items = names.map {
            SegmentationDataset.Item(id: $0, imagePath: folder + "/image.png", labelPath: folder + "/labels.png")
        }
        let data = SegmentationDataset(
            name: "noise", classes: classes, labelMap: LabelMap(classes: classes), items: items)
        let truth = try EvaluationTruth(
            data, names: ["noise"], root: nil, tasks: .semantic, mapper: EvaluationMapper(minSize: 0, maxSize: 4096))
        let sample = try truth.load(0)
        let pictured = PicturedImage(
            sample, ImagePrediction(size: size, labels: labels), classes, OverlayRenderer(colors: classes.colors))
        var ranking = ImageRanking<PicturedImage>(of: 100)
        for score in 0..<20 { ranking.add(Double(score)) { pictured } }
        let html = try page(["a", "b"], images: names, ranking).html
        let figures = html.components(separatedBy: "<figure>").count - 1
        #expect(html.utf8.count <= 5_000_000 && (4..<20).contains(figures), "\(html.utf8.count), \(figures)")
        #expect(html.contains("alt=\"image 0: truth\"") && html.contains("alt=\"image 0: prediction\""))
    }
}
