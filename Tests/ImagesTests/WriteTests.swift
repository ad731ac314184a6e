import Annotations
import Files
import Foundation
import Images
import Testing

@Suite struct WriteTests {
    private func ramp(width: Int, height: Int, count: Int) -> [UInt16] {
        (0..<width * height * count).map { UInt16(truncatingIfNeeded: $0 &* 40503) }
    }

    @Test func imagesAndLabelsComeBack() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file.png"
        let image = Image<UInt8>(
            size: ImageSize(height: 5, width: 17), channels: 3,
            values: ramp(width: 17, height: 5, count: 3).map { UInt8($0 >> 8) })
        try ImageFile.writePNG(image, to: path)
        #expect(difference(try ImageFile.readRGB(path), image) == nil)
        let wide = LabelImage(size: ImageSize(height: 5, width: 17), values: ramp(width: 17, height: 5, count: 1))
        try ImageFile.writePNG(labels: wide, bits: 16, to: path)
        #expect(difference(try ImageFile.readLabels(path), wide) == nil)
        let narrow = LabelImage(size: ImageSize(height: 5, width: 17), values: wide.values.map { $0 & 255 })
        try ImageFile.writePNG(labels: narrow, bits: 8, to: path)
        #expect(difference(try ImageFile.readLabels(path), narrow) == nil)
        // Nothing is left of the files written aside.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file.png"])
    }

    /// Quality 75: smooth pictures come back nearly as they were, and the file is small.
    @Test func jpegComesBackNearly() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file.jpg"
        let size = ImageSize(height: 45, width: 67)
        var values: [UInt8] = []
        for row in 0..<45 { for column in 0..<67 { values += [column * 3, row * 5, row + column].map { UInt8($0) } } }
        let image = Image<UInt8>(size: size, channels: 3, values: values)
        try ImageFile.writeJPEG(image, to: path)
        let read = try ImageFile.readRGB(path)
        try #require(read.size == size)
        let worst = zip(read.values, values).map { abs(Int($0) - Int($1)) }.max()
        #expect(try #require(worst) <= 12)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count < 2000)
    }

    @Test func labelsThatDoNotFitAreNamed() throws {
        let folder = try TemporaryFolder()
        let labels = LabelImage(size: ImageSize(height: 2, width: 2), values: [0, 1, 2, 300])
        let error = imageError {
            try ImageFile.writePNG(labels: labels, bits: 8, to: folder.path + "/l.png")
        }
        #expect(error?.got == "300 at column 1, row 1")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/l.png"))
    }

    @Test func failureLeavesTheOldFile() throws {
        let folder = try TemporaryFolder()
        let labels = LabelImage(size: ImageSize(height: 2, width: 2), fill: [1])
        #expect(throws: FileError.unwritable(path: folder.path + "/no/l.png", code: ENOENT)) {
            try ImageFile.writePNG(labels: labels, bits: 8, to: folder.path + "/no/l.png")
        }
        // A folder cannot be replaced by a file.
        #expect(throws: FileError.notAFile(path: folder.path)) {
            try ImageFile.writePNG(labels: labels, bits: 8, to: folder.path)
        }
        #expect(FileManager.default.fileExists(atPath: folder.path))
    }

    /// Indices of a palette are the labels, also those without a colour; the picture has the colours.
    @Test func labelsWithColoursAreTheSameNumbers() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/labels.png"
        let size = ImageSize(height: 16, width: 16)
        let labels = LabelImage(size: size, values: (0..<256).map { UInt16($0) })
        let colors = [RGBColor(1, 2, 3), RGBColor(250, 0, 70)]
        try ImageFile.writePNG(labels: labels, bits: 8, colors: colors, to: path)
        #expect(difference(try ImageFile.readLabels(path), labels) == nil)
        let picture = try ImageFile.readRGB(path)
        #expect(picture.values.prefix(9) == [1, 2, 3, 250, 0, 70, 0, 0, 0])
        #expect(picture.values.dropFirst(6).allSatisfy { $0 == 0 })
    }
}
