import Files
import Foundation

/// What was measured of an entry of the table.
package struct TableResult: Codable, Equatable, Sendable {
    /// Digest of the configuration that it was trained with.
    package let configuration: String
    package let iterations: Int
    package let seed: Int
    /// In percent; nil where results.json has none.
    package let meanIoU, panopticQuality: Double?
    /// Of the network.
    package let parameters: Int
    /// Multiply-adds of semantic inference of one image.
    package let macs: Int
    /// Best time of this inference.
    package let seconds: Double
    /// As a multiple of the time that SGEMM beside it would take for the multiply-adds.
    package let ratio: Double

    package init(
        configuration: String, iterations: Int, seed: Int, meanIoU: Double?, panopticQuality: Double?, parameters: Int,
        macs: Int, seconds: Double, ratio: Double
    ) {
        (self.configuration, self.iterations, self.seed) = (configuration, iterations, seed)
        (self.meanIoU, self.panopticQuality) = (meanIoU, panopticQuality)
        (self.parameters, self.macs, self.seconds, self.ratio) = (parameters, macs, seconds, ratio)
    }

    /// A folder that cannot be gone on with.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The file in the folder of an entry.
    private static func path(_ folder: String) -> String { folder + "/table.json" }

    /// What `write` wrote into the folder; nil where nothing is there. Throws `Failure` for the result of another
    /// configuration, and for what is no result.
    static func read(from folder: String, configuration: String) throws -> TableResult? {
        let path = path(folder)
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        guard let result = try? JSONDecoder().decode(TableResult.self, from: data) else {
            throw Failure(description: "\(path): expected the result of an entry; remove it to measure again")
        }
        guard result.configuration == configuration else {
            throw Failure(
                description: "\(folder): trained with another configuration (\(result.iterations) iterations); "
                    + "name another --folder, or remove this one to train again")
        }
        return result
    }

    /// Throws `FileError`.
    func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try FileSystem.makeFolder(folder)
        try AtomicFile.write(
            String(decoding: try encoder.encode(self), as: UTF8.self) + "\n", to: Self.path(folder))
    }
}
