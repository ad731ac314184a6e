import Annotations
import Foundation
import Images
import TestSupport
import Testing

/// `pem-data browse` and `pem-data stats`.
@Suite struct BrowseTests {
    private struct Statistics: Decodable {
        struct Dataset: Decodable {
            struct Class: Decodable {
                let name: String
                let pixels, images: Int
                let share, weight: Double
                let thing: Bool
            }
            struct Size: Decodable, Equatable {
                let width, height, images: Int
            }
            let name: String
            let images, labelled, read, ignored_pixels: Int
            let classes: [Class]
            let sizes: [Size]
            let problems, warnings: [String]
        }
        let datasets: [Dataset]
    }

    private func browse(_ project: TinyProject, _ more: [String] = []) throws -> Command.Result {
        try Command.run(
            "pem-data", ["browse", project.file("tiny.json"), "--output", project.file("sheets")] + more)
    }

    private func text(_ project: TinyProject, _ name: String) throws -> String {
        String(decoding: try #require(project.bytes(name)), as: UTF8.self)
    }

    /// Counted by hand: two pictures of 128×64 with a frame of two ignored pixels above and on the left.
    @Test func statistics() throws {
        let project = try TinyProject()
        let result = try Command.run("pem-data", ["stats", project.file("tiny.json")])
        #expect(result.status == 0, "\(result.errors)")
        let datasets = try JSONDecoder().decode(Statistics.self, from: Data(result.output.utf8)).datasets
        #expect(datasets.map(\.name) == ["tiny_train", "tiny_val"] && datasets.map(\.images) == [5, 2])
        let set = datasets[1]
        #expect(set.labelled == 2 && set.read == 2 && set.problems.isEmpty)
        #expect(set.sizes == [.init(width: 128, height: 64, images: 2)])
        #expect(set.ignored_pixels == 2 * (2 * 128 + 2 * 62))
        #expect(set.classes.map(\.name) == TinyProject.classNames && set.classes.map(\.thing) == [false, false, true])
        #expect(set.classes[2].pixels == 2 * 24 * 28 && set.classes.allSatisfy { $0.images == 2 })
        let pixels = set.classes.reduce(set.ignored_pixels) { $0 + $1.pixels }
        #expect(pixels == 2 * 128 * 64)
        #expect(abs(set.classes[2].share - Double(set.classes[2].pixels) / Double(pixels)) < 1e-12)
    }

    /// Sheet and page of each split: the pictures, raw and augmented; the same bytes for the same seed.
    @Test func sheetsAndPages() throws {
        let project = try TinyProject()
        let plain = try browse(project)
        #expect(plain.status == 0, "\(plain.errors)")
        let raw = try ImageFile.readRGB(project.file("sheets/tiny_val.png"))
        let page = try text(project, "sheets/tiny_train.html")
        #expect(page.components(separatedBy: "<img").count == 1 + 5 * 2 && page.contains("street4, 128x64"))
        #expect(!page.contains("://") && !page.contains("<script"))

        let augmented = ["--config", project.file("tiny.cfg"), "--samples", "3"]
        #expect(try browse(project, augmented).status == 0)
        let wide = try ImageFile.readRGB(project.file("sheets/tiny_val.png"))
        #expect(wide.width > 2 * raw.width)
        let first = try #require(project.bytes("sheets/tiny_train.png"))
        #expect(try text(project, "sheets/tiny_train.html").components(separatedBy: "<img").count == 1 + 5 * 5)
        #expect(try browse(project, augmented).status == 0)
        #expect(project.bytes("sheets/tiny_train.png") == first)
        #expect(try browse(project, augmented + ["--seed", "2"]).status == 0)
        #expect(project.bytes("sheets/tiny_train.png") != first)
    }

    /// Labels outside the classes, and a picture that is none, are told on the page; markup in a class's name is text.
    @Test func problemsAreToldOnThePage() throws {
        let project = try TinyProject()
        var labels = try ImageFile.readLabels(project.file("labels/train/street1.png"))
        labels.values[700] = 9
        try ImageFile.writePNG(labels: labels, bits: 8, to: project.file("labels/train/street1.png"))
        try Data("none".utf8).write(to: URL(fileURLWithPath: project.file("images/train/street2.png")))
        let description = try text(project, "tiny.json").replacing("\"box\"", with: "\"<b>box\"")
        try description.write(toFile: project.file("tiny.json"), atomically: true, encoding: .utf8)
        let result = try browse(project)
        #expect(result.status == 0, "\(result.errors)")
        let page = try text(project, "sheets/tiny_train.html")
        #expect(page.contains("label 9 outside the classes on 1 pixel"), "\(page.prefix(4000))")
        #expect(page.contains("street2.png: is neither PNG nor JPEG"))
        #expect(page.contains("&lt;b&gt;box") && !page.contains("<b>box"))
    }

    @Test func wrongUseIsTold() throws {
        let project = try TinyProject()
        let result = try browse(project, ["INPUT.COLOR_AUG_SSD", "True"])
        #expect(result.status == 64 && result.errors.contains("need --config"), "\(result.errors)")
        #expect(try browse(project).status == 0)
        let own = URL(fileURLWithPath: project.file("sheets/tiny_val.html"))
        try Data("mine".utf8).write(to: own)
        let refused = try browse(project)
        #expect(refused.status == 1 && refused.errors.contains("--overwrite"), "\(refused.errors)")
    }
}
