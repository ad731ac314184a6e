import Annotations
import ConfigFiles
import Engine
import Foundation
import Segmenters

/// A configuration as a command got it: the file, and what the command line laid over it.
package struct RunSetup: Sendable {
    /// The decoded configuration; data set descriptions are named by absolute paths.
    package let configuration: RunConfiguration
    /// The resolved configuration as YAML, without the name of the output folder: what makes two runs the
    /// same.
    package let identity: String
    /// Whether MODEL.WEIGHTS was given on the command line, so that nothing else will do.
    package let namesWeights: Bool

    /// Reads a configuration file. Descriptions of data sets (`folder:FILE:SPLIT`) are looked for beside the
    /// file, then in the current folder. Throws `ConfigError`.
    package init(path: String, overrides: [String]) throws {
        let written = try RunConfiguration.load(path: path, overrides: overrides)
        let folder = (path as NSString).deletingLastPathComponent
        var absolute = overrides
        for (key, names) in [
            ("DATASETS.TRAIN", written.datasets.train), ("DATASETS.TEST", written.datasets.test),
        ] {
            let placed = names.map { Self.placed($0, beside: folder) }
            if placed != names {
                absolute += [key, "[" + placed.map { "\"\($0)\"" }.joined(separator: ", ") + "]"]
            }
        }
        namesWeights = stride(from: 0, to: overrides.count, by: 2).contains { overrides[$0] == "MODEL.WEIGHTS" }
        configuration = try RunConfiguration.load(path: path, overrides: absolute)
        identity = try RunConfiguration.load(path: path, overrides: absolute + ["OUTPUT_DIR", ""])
            .resolvedText
    }

    private static func placed(_ name: String, beside folder: String) -> String {
        guard name.hasPrefix("folder:") else { return name }
        let parts = name.dropFirst("folder:".count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1, let split = parts.last else { return name }
        let file = parts.dropLast().joined(separator: ":")
        if file.hasPrefix("/") || file.hasPrefix("~") { return name }
        let beside = (folder.isEmpty ? "." : folder) + "/" + file
        let found = FileManager.default.fileExists(atPath: beside) ? beside : file
        return "folder:\(URL(fileURLWithPath: found).standardizedFileURL.path):\(split)"
    }
}

extension Segmenter {
    /// The network of a configuration, with initial weights. Throws `ConfigError` for what it cannot be.
    package convenience init(_ run: RunConfiguration, seed: UInt64) throws {
        let configuration = try Configuration(run)
        guard configuration.normalization.divisibility % 32 == 0 else {
            throw run.invalid(
                "MODEL.MASK_FORMER.SIZE_DIVISIBILITY",
                "expected a multiple of 32, the stride of res5, got \(configuration.normalization.divisibility)"
            )
        }
        self.init(configuration, seed: seed)
    }

    /// What the network is, in lines for a person: parts, parameters, and multiply-adds for an image of the
    /// given size as the network gets it (nil: 1024×2048, that of Cityscapes).
    package func summary(_ run: RunConfiguration, imageSize: ImageSize?) -> [String] {
        let backbone =
            switch run.model.backbone {
            case .stdc(let stdc) where stdc.layers == [2, 2, 2]: "STDC1"
            case .stdc(let stdc) where stdc.layers == [4, 5, 3]: "STDC2"
            case .stdc(let stdc): "STDC \(stdc.layers)"
            case .resNet(let resNet):
                "ResNet-\(resNet.depth), \(resNet.norm.rawValue), FREEZE_AT \(resNet.freezeAt)"
            case .swin: "Swin"
            }
        let decoder = run.model.transformerDecoder
        let size = imageSize ?? ImageSize(height: 1024, width: 2048)
        func padded(_ length: Int) -> Int {
            let step = configuration.normalization.divisibility
            return (length + step - 1) / step * step
        }
        let work = Double(multiplyAdds(height: padded(size.height), width: padded(size.width)).total) / 1e9
        return [
            "network: PEM, \(backbone), \(decoder.queryCount) queries, \(decoder.layerCount) decoder layers, "
                + "\(run.model.classCount) classes",
            String(format: "parameters: %.2f M", Double(store.parameterCount) / 1e6)
                + String(format: ", multiply-adds: %.1f G for an image of \(size.height)×\(size.width)", work),
        ]
    }
}
