import Annotations
import Checkpoints
import Foundation
import Recipes
import Segmenters
import Tensors

/// A golden: what its metadata says, and the network and images that the fill rule makes of it.
struct GoldenFile {
    let name: String
    let file: SafetensorsFile
    let configuration: RunConfiguration
    let images: [Image<UInt8>]
    let targets: [MaskTargets]
    private let gain: [String: Double]
    private let officialErrors: [String: Double]
    let officialGradientErrors: (median: Double, maximum: Double)

    /// Reads a file. Throws `ConfigError` of kind unavailable for a family that isn't built.
    init(path: String) throws {
        name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        file = try SafetensorsFile(path: path)
        let metadata = file.metadata
        configuration = try RunConfiguration.parse(yaml: metadata["cfg"] ?? "", name: name)
        try configuration.requireAvailable()
        func number(_ key: String) -> Int { metadata[key].flatMap(Int.init) ?? 0 }
        let (height, width) = (number("height"), number("width"))
        let (prefix, classes) = (metadata["item_prefix"] ?? "", configuration.model.classCount)
        images = (0..<number("images")).map { FillRule.image("image:\(prefix):\($0)", height: height, width: width) }
        targets = (0..<number("images")).map {
            FillRule.target("target:\(prefix):\($0)", height: height, width: width, classes: classes)
        }
        gain = try Self.json([String: Double].self, metadata["gain"])
        let errors = try Self.json([String: OfficialError].self, metadata["float32_error"])
        officialErrors = errors.compactMapValues(\.value)
        let gradients = errors["train.grad_stats:norm,dot relative to the norm"]
        officialGradientErrors = (gradients?.median ?? 0, gradients?.max ?? 0)
    }

    /// The size that evaluation resizes to.
    var outputSize: (height: Int, width: Int) {
        (file.metadata["output_height"].flatMap(Int.init) ?? 0, file.metadata["output_width"].flatMap(Int.init) ?? 0)
    }

    /// For each class whether it is one of things: Cityscapes' or ADE20K's, by the name of the data set.
    var isThing: [Bool] {
        let isCityscapes = configuration.datasets.train.first?.hasPrefix("cityscapes") ?? false
        return (isCityscapes ? ClassTable.cityscapes : .ade20k).isThing
    }

    /// The network with every parameter filled by its name.
    func segmenter() throws -> Segmenter {
        let segmenter = Segmenter(try Segmenter.Configuration(configuration), seed: 0)
        for parameter in segmenter.store.parameters {
            let factor = gain[parameter.name] ?? 1
            // Rounded to float32 first; the gain multiplies that.
            let values = FillRule.parameter(parameter.name, parameter.officialShape).map {
                Float(Double(Float($0)) * factor)
            }
            parameter.load(officialValues: values)
        }
        return segmenter
    }

    /// Five times the official code's own float32 error, and never less than `floor`.
    func allowed(_ tensor: String, floor: Double) -> Double { max(5 * (officialErrors[tensor] ?? 0), floor) }

    /// A list of names in the metadata.
    func names(_ key: String) throws -> [String] { try Self.json([String].self, file.metadata[key]) }

    private static func json<Value: Decodable>(_ type: Value.Type, _ text: String?) throws -> Value {
        try JSONDecoder().decode(type, from: Data((text ?? "").utf8))
    }
}

/// A number, or the median and maximum over parameters.
private struct OfficialError: Decodable {
    let value: Double?
    let median: Double?
    let max: Double?

    private enum Key: String, CodingKey { case median, max }

    init(from decoder: any Decoder) throws {
        value = try? decoder.singleValueContainer().decode(Double.self)
        let container = value == nil ? try decoder.container(keyedBy: Key.self) : nil
        median = try container?.decode(Double.self, forKey: .median)
        max = try container?.decode(Double.self, forKey: .max)
    }
}
