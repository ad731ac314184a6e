import Annotations
import Foundation
import Images
import TestSupport
import Testing

/// Pictures that lie on their side and say so, in the ways of PNG.
@Suite(.serialized) struct TurnedPicturesTests {
    private static let marks: [(name: String, chunk: [UInt8], isBehind: Bool)] = [
        ("before", PNGBytes.chunk("eXIf", PNGBytes.exif(6)), false),
        ("behind", PNGBytes.chunk("eXIf", PNGBytes.exif(6)), true),
        ("profile", PNGBytes.packedText("Raw profile type exif", PNGBytes.profile(PNGBytes.exif(6))), false),
        (
            "xmp",
            PNGBytes.chunk("iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0<rdf tiff:Orientation=\"6\"/>".utf8)), true
        ),
    ]

    private func mark(_ project: TinyProject, _ name: String, _ chunk: [UInt8], behind: Bool, as other: String) throws {
        let bytes = try #require(project.bytes(name))
        let marked = PNGBytes.adding(chunk, to: Array(bytes), behindPixels: behind)
        try Data(marked).write(to: URL(fileURLWithPath: project.file(other)))
    }

    @Test func everyMarkTurnsThePrediction() throws {
        let project = try TinyProject()
        let training = try project.train("net", ["SOLVER.MAX_ITER", "1", "DATASETS.TEST", "()"])
        try #require(training.status == 0, "\(training.errors)")
        for (name, chunk, isBehind) in Self.marks {
            try mark(project, "images/val/street0.png", chunk, behind: isBehind, as: name + ".png")
        }
        let result = try Command.run(
            "pem-predict",
            project.options("pictures") + ["--weights", project.file("net/model_final.safetensors")]
                + Self.marks.map { project.file($0.name + ".png") } + ["--no-legend"])
        try #require(result.status == 0, "\(result.errors)")
        for (name, _, _) in Self.marks {
            for ending in ["labels", "overlay"] {
                let size = try ImageFile.size(of: project.file("pictures/\(name)_\(ending).png"))
                #expect(size == ImageSize(height: 128, width: 64), "\(name)")
            }
            #expect(project.bytes("pictures/\(name)_labels.png") == project.bytes("pictures/before_labels.png"))
        }
    }

    /// Labels that were made of the stored pixels do not fit the picture as it is seen.
    @Test func labelsOfTheStoredPixelsAreAnError() throws {
        let project = try TinyProject()
        let (image, labels) = ("images/train/street2.png", "labels/train/street2.png")
        let chunk = Self.marks[1].chunk
        try mark(project, image, chunk, behind: true, as: image)
        let told =
            "\(project.file(labels)): is 128x64 and fits the stored pixels of its image \(project.file(image)), "
            + "whose orientation mark turns it to 64x128"
        let check = try Command.run("pem-data", ["check", project.file("tiny.json"), "--quick"])
        #expect(check.status == 1 && check.errors.contains(told), "\(check.errors)")
        let training = try project.train("run", ["SOLVER.MAX_ITER", "1"])
        #expect(training.status == 1 && training.errors.contains(told), "\(training.errors)")

        // Labels that are turned, too, fit.
        try mark(project, labels, chunk, behind: false, as: labels)
        let again = try Command.run("pem-data", ["check", project.file("tiny.json"), "--quick"])
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.output.contains("tiny_train: all is well") && again.output.contains("tiny_val: all is well"))
    }
}
