// Goldens of per-pixel families: the files whose metadata has `family`.
import Annotations
import Autodiff
import ConfigFiles
import Configurations
import Diagnostics
import Families
import Foundation
import Inference
import Layers
import Networks
import Tensors
import Testing

extension GoldenFile {
    private static let configs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Configs").path

    /// The shipped file of a golden's family, data set and size, with what the golden changes laid over it.
    static func shippedConfiguration(_ metadata: [String: String]) throws -> RunConfiguration {
        let (family, variant) = (metadata["family"] ?? "", metadata["variant"] ?? "")
        let data =
            isBareBackbone(metadata)
            ? "ade20k_sem" : (metadata["item_prefix"] ?? "").dropFirst(family.count + variant.count + 2)
        var settings = ["MODEL.SEM_SEG_HEAD.NUM_CLASSES", metadata["classes"] ?? "150", "INPUT.MIN_SIZE_TEST", "0"]
        let inference = try JSONDecoder().decode(Inference.self, from: Data((metadata["inference"] ?? "{}").utf8))
        settings += ["TEST.SLIDE.ENABLED", inference.mode == "slide" ? "True" : "False"]
        if let window = inference.crop_size { settings += ["TEST.SLIDE.WINDOW", "\(window)"] }
        if let stride = inference.stride { settings += ["TEST.SLIDE.STRIDE", "\(stride)"] }
        let changes = try JSONDecoder().decode([Change].self, from: Data((metadata["opts"] ?? "[]").utf8))
        for (key, value) in zip(changes, changes.dropFirst()) {
            if case .text(let key) = key, case .number(let number) = value, let own = keys[key] {
                settings += [own, number == number.rounded() ? "\(Int(number))" : "\(number)"]
            }
        }
        let file = try ConfigDocument.read(path: "\(configs)/\(family)/\(data)_\(variant).cfg")
        return try RunConfiguration(file.overlaid(by: .overrides(settings)), families: networkFamilies)
    }

    /// Keys of official configurations that goldens change, and ours.
    private static let keys = [
        "LOSS.OHEMTHRES": "MODEL.PIDNET.OHEM_THRESHOLD", "LOSS.OHEMKEEP": "MODEL.PIDNET.OHEM_KEEP",
    ]

    /// The base rate of the first steps, where the file says it.
    var baseRate: Double? {
        get throws {
            guard let text = file.metadata["traj"] else { return nil }
            return try? JSONDecoder().decode(Trajectory.self, from: Data(text.utf8)).base_lr
        }
    }
}

/// `inference` of the metadata.
private struct Inference: Decodable {
    let mode: String?
    let crop_size, stride: [Int]?
}

/// A part of `opts` of the metadata, which are keys and values in turn.
private enum Change: Decodable {
    case text(String)
    case number(Double)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }
}

/// `traj` of the metadata.
private struct Trajectory: Decodable {
    let base_lr: Double
}

/// `aug` of the metadata: the size of the other images.
private struct AugmentedSize: Decodable {
    let height, width: Int
}

/// The maps that modules gave in a pass, by their names.
final class ObservedMaps {
    private(set) var maps: [String: Tensor] = [:]

    /// A pass with every norm in evaluation mode, which makes each module's map.
    init(_ pass: (ForwardContext) -> Void) {
        let trace = ForwardTrace { [unowned self] name, map in maps[name] = map.value }
        pass(.trainingWithFrozenStatistics.traced(by: trace))
    }
}

extension GoldenReport {
    /// `eval.*` of a per-pixel family: logits, label maps and their logits by the official inference, and what modules
    /// give on the way.
    mutating func compareBaseline(_ golden: GoldenFile) throws {
        let network = golden.network()
        let batch = network.input.batch(golden.images)
        let prediction = try #require(network(batch, .evaluation) as? PixelPredictions)
        try compareMap(golden, "eval.logits", prediction.finalLogits)
        try compareLabelMaps(golden, network)
        try compareAugmented(golden, network)
        let observed = ObservedMaps { _ = network(batch, $0) }.maps
        for (name, module) in try modules(golden) {
            guard let map = observed[module] else {
                note("eval.\(name) (no module \(module))", error: .infinity, allowed: 0)
                continue
            }
            try compareMap(golden, "eval." + name, map)
        }
        try compareModules(golden, "eval.", observed)
        try compareBoundaries(golden)
    }

    /// `target.edge.*` and `edges.*`: boundaries of targets and of other label maps, equal to the pixel.
    private mutating func compareBoundaries(_ golden: GoldenFile) throws {
        for (index, target) in golden.targets.enumerated() where golden.file.entries["target.edge.\(index)"] != nil {
            let expected = try golden.file.floats(named: "target.edge.\(index)").map { UInt16($0) }
            note("target.edge.\(index)", error: target.boundaries == expected ? 0 : .infinity, allowed: 0)
        }
        for index in 0... {
            guard let shape = golden.file.shape(named: "edges.\(index).labels") else { break }
            let labels = LabelImage(
                size: ImageSize(height: shape[0], width: shape[1]),
                values: try golden.file.floats(named: "edges.\(index).labels").map { UInt16($0) })
            let expected = try golden.file.floats(named: "edges.\(index).target").map { UInt16($0) }
            let found = labels.boundaries(ignoreLabel: 255).values
            note("edges.\(index).target", error: found == expected ? 0 : .infinity, allowed: 0)
        }
    }

    /// Which tensor of the file is the map of which module.
    private func modules(_ golden: GoldenFile) throws -> [(tensor: String, module: String)] {
        golden.file.entries.keys.sorted().compactMap { entry in
            let parts = entry.split(separator: ".").map(String.init)
            guard parts.first == "eval", let last = parts.last else { return nil }
            let tensor = parts.dropFirst().joined(separator: ".")
            switch (parts[1], golden.file.metadata["family"], Int(last)) {
            case ("features", "segformer", let level?): return (tensor, "backbone.norm\(level + 1)")
            case ("features", "swiftformer", let level?): return (tensor, "backbone.norm\(2 * level)")
            case ("features", _, _): return (tensor, last)
            case ("pyramid", _, _): return (tensor, "neck.fpn_convs.\(last)")
            case ("aux_logits", _, _): return (tensor, "seghead_p")
            case ("boundary_logits", _, _): return (tensor, "seghead_d")
            default: return nil
            }
        }
    }

    private mutating func compareLabelMaps(_ golden: GoldenFile, _ network: any Network) throws {
        let inference = NetworkInference(
            network, golden.configuration.test.inference, golden.configuration.input.evaluation, augments: false)
        for (index, image) in golden.images.enumerated() where golden.file.entries["eval.sem_seg.\(index)"] != nil {
            let result = inference.scores(image, golden.outputSize).labels(wantsScores: true)
            let labels = try golden.file.floats(named: "eval.sem_seg.\(index)").map { Int($0) }
            compareLabels("eval.sem_seg.\(index)", result.labels.map(Int.init), labels)
            let scores = try #require(result.scores)
            try compareValues(golden, "eval.sem_seg_logits.\(index)", every(8, of: scores))
        }
    }

    /// `eval.aug.*`: probabilities averaged over the images, others of another size in their place, and both mirrored.
    private mutating func compareAugmented(_ golden: GoldenFile, _ network: any Network) throws {
        guard let text = golden.file.metadata["aug"] else { return }
        let size = try JSONDecoder().decode(AugmentedSize.self, from: Data(text.utf8))
        let inference = NetworkInference(
            network, golden.configuration.test.inference, golden.configuration.input.evaluation, augments: false)
        let prefix = try #require(golden.file.metadata["item_prefix"])
        let output = golden.outputSize
        for (index, image) in golden.images.enumerated() {
            let other = FillRule.image("image:\(prefix):aug:\(index)", height: size.height, width: size.width)
            let sums = Tensor(zeros: [output.height, output.width, network.classCount])
            for view in [image, other] {
                for isMirrored in [false, true] {
                    inference.scores(isMirrored ? view.flippedHorizontally() : view, output)
                        .add(to: sums, isMirrored: isMirrored, asProbabilities: true)
                }
            }
            for place in 0..<sums.count { sums.data[place] /= 4 }
            let result = PixelScores(scores: sums, output: output).labels(wantsScores: true)
            let labels = try golden.file.floats(named: "eval.aug.sem_seg.\(index)").map { Int($0) }
            compareLabels("eval.aug.sem_seg.\(index)", result.labels.map(Int.init), labels)
            let scores = try #require(result.scores)
            try compareValues(golden, "eval.aug.sem_seg_scores.\(index)", every(8, of: scores))
        }
    }

    /// `eval.stats`: sum, norm and dot product of the map of each module, in whichever of the two official orders fits.
    mutating func compareModules(_ golden: GoldenFile, _ prefix: String, _ observed: [String: Tensor]) throws {
        let expected = try golden.file.floats(named: prefix + "stats").map(Double.init)
        for (row, name) in try golden.names("eval.stats_names").enumerated()
        // One matrix with the convolution that follows: nothing here has these maps.
        where !name.hasPrefix("decode_head.linear_c") {
            guard let map = observed[name] else {
                note("\(prefix)stats \(name) (no such module)", error: .infinity, allowed: 0)
                continue
            }
            let probe = FillRule.uniform("feature:" + name, map.count).map { 2 * $0 - 1 }
            func dot(_ tensor: Tensor) -> Double { zip(tensor.array, probe).reduce(0) { $0 + Double($1.0) * $1.1 } }
            let (norm, officialDot) = (expected[3 * row + 1], expected[3 * row + 2])
            let actualNorm = map.array.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            let orders = [map] + (map.shape.count == 4 ? [map.channelsFirst] : [])
            let error = orders.map { abs(dot($0) - officialDot) }.min() ?? .infinity
            note("\(prefix)stats \(name)", error: max(error, abs(actualNorm - norm)) / norm, allowed: 5e-5)
        }
    }
}
