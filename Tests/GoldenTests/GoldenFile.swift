import Annotations
import Checkpoints
import ConfigFiles
import Configurations
import Diagnostics
import Families
import Foundation
import Layers
import MaskClassifiers
import Networks
import Tensors
import TestSupport
import Testing

/// A golden: what its metadata says, and the network and images that the fill rule makes of it.
struct GoldenFile {
    let name: String
    let file: SafetensorsFile
    let configuration: RunConfiguration
    let family: any NetworkFamily
    let images: [Image<UInt8>]
    let targets: [ImageTargets]
    /// How near the discrete choices come to turning out otherwise.
    let margins: GoldenMargins
    /// The official code's own float32 error of the losses of the first steps, relative.
    let trajectoryErrors: [Double]
    /// The least that a loss of the first steps may differ, relative.
    let trajectoryFloor: Double
    private let gain: [String: Double]
    private let officialErrors: [String: Double]
    let officialGradientErrors: (median: Double, maximum: Double, sum: Double)

    /// Reads a file. Throws `ConfigError` of kind unavailable for a family that isn't built.
    init(path: String, name: String) throws {
        self.name = name
        file = try SafetensorsFile(path: path)
        let metadata = file.metadata
        configuration =
            metadata["family"] == nil
            ? try RunConfiguration.parse(yaml: metadata["cfg"] ?? "", name: name, families: networkFamilies)
            : try Self.shippedConfiguration(metadata)
        family = try configuration.network()
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
        func gradients(_ columns: String) -> OfficialError? {
            errors["train.grad_stats:\(columns) relative to the norm"]
        }
        if metadata["family"] == nil {
            margins = try Self.json(GoldenMargins.self, metadata["margins"])
            trajectoryErrors = try Self.json([Double].self, metadata["traj_float32_error"])
            trajectoryFloor = 1e-3
            let official = gradients("norm,dot")
            officialGradientErrors = (official?.median ?? 0, official?.max ?? 0, 0)
        } else {
            margins = .unknown
            (trajectoryErrors, trajectoryFloor) = (Array(repeating: 0, count: 5), 1e-2)
            let official = ["norm", "dot"].compactMap(gradients)
            officialGradientErrors = (
                official.compactMap(\.median).max() ?? 0, official.compactMap(\.max).max() ?? 0,
                gradients("sum")?.max ?? 0
            )
        }
    }

    /// The size that evaluation resizes to.
    var outputSize: ImageSize {
        func length(_ key: String) -> Int { file.metadata[key].flatMap(Int.init) ?? 0 }
        return ImageSize(height: length("output_height"), width: length("output_width"))
    }

    /// For each class whether it is one of things, by the name of the data set.
    var isThing: [Bool] {
        let dataset = configuration.datasets.train.first ?? ""
        if dataset.hasPrefix("coco") { return ClassTable.coco.isThing }
        return (dataset.hasPrefix("cityscapes") ? ClassTable.cityscapes : .ade20k).isThing
    }

    /// The names of projections of maps that no layer of a short decoder attends to: no gradient reaches them.
    var projectionsOfUnseenLevels: [String] {
        let layers = (family as? PEM)?.decoder.layerCount ?? 3
        return (min(layers, 3)..<3).flatMap { level in
            ["weight", "bias"].map { "sem_seg_head.predictor.input_proj.\(level).\($0)" }
        }
    }

    /// The network with every parameter filled by its name.
    ///
    /// With a seed in PEM_GOLDEN_SHIFT every weight is changed at random by up to 1e-7 of itself, less than float32's
    /// rounding: what differs then by more than its tolerance lies at a jump.
    func network() -> any Network {
        let network = family.network(seed: 0)
        fill(network.store)
        return network
    }

    /// Fills every parameter by its name.
    func fill(_ store: ParameterStore) {
        let seed = ProcessInfo.processInfo.environment["PEM_GOLDEN_SHIFT"].flatMap { UInt64($0) }
        var random = SplitMix(state: seed ?? 0)
        for parameter in store.parameters {
            let factor = gain[parameter.name] ?? 1
            // Rounded to float32 first; the gain multiplies that.
            let values = FillRule.parameter(parameter.name, parameter.officialShape).map {
                let shift = seed == nil ? 0 : 1e-7 * Double.random(in: -1...1, using: &random)
                return Float(Double(Float($0)) * factor * (1 + shift))
            }
            parameter.load(officialValues: values)
        }
    }

    /// Five times the official code's own float32 error, and never less than `floor`.
    ///
    /// With batch statistics `floor` holds already what float32 moves, unless it chooses otherwise there.
    func allowed(_ tensor: String, floor: Double) -> Double {
        if tensor.hasPrefix("train_bn."), margins.sameChoices["train_bn"] == true { return floor }
        return max(5 * (officialErrors[tensor] ?? 0), floor)
    }

    /// A list of names in the metadata.
    func names(_ key: String) throws -> [String] { try Self.json([String].self, file.metadata[key]) }

    private static func json<Value: Decodable>(_ type: Value.Type, _ text: String?) throws -> Value {
        try JSONDecoder().decode(type, from: Data((text ?? "").utf8))
    }
}

/// What a network computes on the way, of either kind.
struct GoldenOutputs {
    let features: FeatureMaps
    let pixels: PixelDecoderOutput
    let prediction: any Prediction

    init(_ network: any Network, _ images: Tensor, _ context: ForwardContext) throws {
        if let outputs = (network as? PixelClassifier)?.outputs(images, context) {
            (features, pixels, prediction) = (outputs.features, outputs.pixels, outputs.predictions)
        } else {
            let outputs = try #require(network as? MaskClassifier).outputs(images, context)
            (features, pixels, prediction) = (outputs.features, outputs.pixels, outputs.predictions)
        }
    }
}

/// A number, or the median and maximum over parameters, by name or in this order.
private struct OfficialError: Decodable {
    let value: Double?
    let median: Double?
    let max: Double?

    private enum Key: String, CodingKey { case median, max }

    init(from decoder: any Decoder) throws {
        value = try? decoder.singleValueContainer().decode(Double.self)
        if let both = try? decoder.singleValueContainer().decode([Double].self), both.count == 2 {
            (median, max) = (both[0], both[1])
            return
        }
        let container = value == nil ? try decoder.container(keyedBy: Key.self) : nil
        median = try container?.decode(Double.self, forKey: .median)
        max = try container?.decode(Double.self, forKey: .max)
    }
}
