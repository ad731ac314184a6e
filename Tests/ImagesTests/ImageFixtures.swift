import Annotations
import Foundation
import Images
import Testing

/// The files that Tools/reference/images.py made, and what Pillow and torch made of them.
struct ImageFixtures: Decodable {
    struct Picture: Decodable, Sendable, CustomTestStringConvertible {
        let file: String?
        let rgb: String
        let width, height: Int
        var size: ImageSize { ImageSize(height: height, width: width) }
        var testDescription: String { file ?? rgb }
    }

    struct Labels: Decodable, Sendable, CustomTestStringConvertible {
        let file: String?
        let values: String
        let width, height: Int
        var size: ImageSize { ImageSize(height: height, width: width) }
        var testDescription: String { file ?? values }
    }

    struct Axis: Decodable, Sendable, CustomTestStringConvertible {
        let size: Int
        let sources: [UInt16]
        var testDescription: String { "\(size) to \(sources.count)" }
    }

    let png: [Picture]
    let jpeg: [Picture]
    let labels: [Labels]
    let resize: [Picture]
    let nearest: [Labels]
    let axis: [Axis]

    private enum CodingKeys: String, CodingKey {
        case png, jpeg, labels, resize, nearest
        case axis = "nearest axis"
    }

    /// Read once; a broken manifest leaves no cases, which `FixturesTests` reports.
    static let all: ImageFixtures? = try? JSONDecoder().decode(
        ImageFixtures.self, from: Data(contentsOf: URL(fileURLWithPath: path("cases.json"))))

    static func path(_ name: String) -> String {
        Bundle.module.bundleURL.appendingPathComponent("Fixtures").appendingPathComponent(name).path
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    static func image(_ picture: Picture) throws -> Image<UInt8> {
        let pixels = try bytes(picture.rgb)
        try #require(pixels.count == picture.size.area * 3)
        return Image(size: picture.size, channels: 3, values: pixels)
    }

    static func labelImage(_ labels: Labels) throws -> LabelImage {
        let raw = try bytes(labels.values)
        try #require(raw.count == labels.size.area * 2)
        let values = stride(from: 0, to: raw.count, by: 2).map { UInt16(raw[$0]) | UInt16(raw[$0 + 1]) << 8 }
        return LabelImage(size: labels.size, values: values)
    }
}

@Suite struct FixturesTests {
    @Test func everyGroupIsThere() throws {
        let fixtures = try #require(ImageFixtures.all)
        #expect(fixtures.png.count == 21)
        #expect(fixtures.jpeg.count == 14)
        #expect(fixtures.labels.count == 12)
        #expect(fixtures.resize.count == 11)
        #expect(fixtures.nearest.count == 7)
        #expect(fixtures.axis.count == 8)
    }
}

/// A folder that goes away with the object.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "images-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func write(_ bytes: some Sequence<UInt8>, as name: String) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// How two images differ, in a few words, or nil: failures that print whole images help nobody.
func difference<Sample>(_ image: Image<Sample>, _ expected: Image<Sample>) -> String? {
    guard image.size == expected.size, image.channels == expected.channels else {
        return "size \(image.size), not \(expected.size)"
    }
    let wrong = image.values.indices.filter { image.values[$0] != expected.values[$0] }
    return wrong.first.map {
        "\(wrong.count) of \(image.values.count), first \($0): \(image.values[$0]), not \(expected.values[$0])"
    }
}

/// The error that `body` throws.
func imageError(_ body: () throws -> Void) -> InputError? {
    do {
        try body()
        return nil
    } catch {
        return error as? InputError
    }
}
