import Annotations
import Datasets
import Foundation
import Images

/// The pictures of Tools/reference/augmentation.py.
enum TestData {
    static func picture(height: Int, width: Int) -> Image<UInt8> {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<3 {
                    let value = x * (3 + c) + y * (7 - 2 * c) + (x * y) / (11 + c) + 40 * c
                    pixels.append(UInt8(value % 256))
                }
            }
        }
        return Image<UInt8>(size: ImageSize(height: height, width: width), channels: 3, values: pixels)
    }

    static func labels(height: Int, width: Int) -> LabelImage {
        var values: [UInt16] = []
        for y in 0..<height { for x in 0..<width { values.append(UInt16((x / 7 + 2 * (y / 5)) % 9)) } }
        return LabelImage(size: ImageSize(height: height, width: width), values: values)
    }

    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    static func hash(_ labels: LabelImage) -> UInt64 {
        hash(labels.values.map { UInt8($0) })
    }
}

/// A folder for one test, removed with its last reference.
final class TemporaryFolder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("datasets-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        return file
    }

    func write(_ text: String, _ name: String) throws {
        try text.write(toFile: file(name), atomically: true, encoding: .utf8)
    }

    func image(_ name: String, width: Int = 12, height: Int = 8) throws {
        try ImageFile.writePNG(TestData.picture(height: height, width: width), to: file(name))
    }

    func labels(_ name: String, width: Int = 12, height: Int = 8, _ value: (Int) -> UInt16) throws {
        let labels = LabelImage(size: ImageSize(height: height, width: width), values: (0..<width * height).map(value))
        try ImageFile.writePNG(labels: labels, bits: 8, to: file(name))
    }
}
