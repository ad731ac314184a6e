import Backbones
import ConfigFiles
import Configurations
import Families
import Foundation
import Recipes
import Testing

/// The twelve files of the official PEM repository, by their names, bases and weights; what else they say is cut down
/// to what makes a network.
@Suite final class OfficialFilesTests {
    private let root = NSTemporaryDirectory() + "official-\(UUID().uuidString)"

    private static let files = ["cityscapes", "ade20k"].flatMap { data in
        ["panoptic", "semantic"].flatMap { task in
            [data == "ade20k" ? "pem_R50_bs32_160k" : "pem_R50_bs32_90k", "pem_STDC1_bs32_90k", "pem_STDC2_bs32_90k"]
                .map { "\(data)/\(task)-segmentation/\($0).yaml" }
        }
    }

    init() throws {
        for data in ["Cityscapes", "ADE20K"] {
            for task in ["Panoptic", "Semantic"] {
                let folder = "\(data.lowercased())/\(task.lowercased())-segmentation"
                let base = "Base-\(data)-\(task)Segmentation.yaml"
                try write(
                    "\(folder)/\(base)",
                    """
                    MODEL:
                      BACKBONE: {FREEZE_AT: 0, NAME: "build_resnet_backbone"}
                      WEIGHTS: "detectron2://ImageNetPretrained/torchvision/R-50.pkl"
                      RESNETS: {STRIDE_IN_1X1: False, OUT_FEATURES: ["res2", "res3", "res4", "res5"]}
                    """)
                let resNet = data == "ADE20K" ? "pem_R50_bs32_160k.yaml" : "pem_R50_bs32_90k.yaml"
                try write(
                    "\(folder)/\(resNet)",
                    """
                    _BASE_: \(base)
                    MODEL:
                      META_ARCHITECTURE: "MaskFormer"
                      SEM_SEG_HEAD:
                        NAME: "MaskFormerHead"
                        NUM_CLASSES: \(data == "ADE20K" ? 150 : 19)
                        NORM: "SyncBN"
                        PIXEL_DECODER_NAME: "PEM_Pixel_Decoder"
                        IN_FEATURES: ["res2", "res3", "res4", "res5"]
                      MASK_FORMER: {TRANSFORMER_DECODER_NAME: "MultiScaleMaskedTransformerDecoder"}
                    """)
                for (name, layers) in [("STDC1", "[2,2,2]"), ("STDC2", "[4,5,3]")] {
                    try write(
                        "\(folder)/pem_\(name)_bs32_90k.yaml",
                        """
                        _BASE_: pem_R50_bs32_90k.yaml
                        MODEL:
                          BACKBONE: {NAME: "D2STDCnet"}
                          STDC: {LAYERS: \(layers)}
                          WEIGHTS: "./pretrained_models/\(name).pkl"
                        """)
                }
            }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    @discardableResult private func write(_ name: String, _ text: String) throws -> String {
        let url = URL(fileURLWithPath: "\(root)/\(name)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url.path
    }

    private func setup(_ path: String) throws -> RunSetup {
        try RunSetup(path: path, overrides: [], families: networkFamilies)
    }

    @Test(arguments: files) func theyAreReadAsTheyAre(file: String) throws {
        let setup = try setup("\(root)/\(file)")
        let pem = try #require(try setup.configuration.network() as? PEM)
        #expect(pem.decoder.classCount == (file.hasPrefix("ade20k") ? 150 : 19))
        let weights = setup.configuration.model.weights
        if file.contains("STDC") {
            let isFirst = file.contains("STDC1")
            #expect(pem.backbone as? STDC.Configuration == .init(layers: isFirst ? [2, 2, 2] : [4, 5, 3]))
            #expect(weights == "./pretrained_models/STDC\(isFirst ? 1 : 2).pkl")
        } else {
            #expect(pem.backbone is ResNet.Configuration)
            #expect(weights == "detectron2://ImageNetPretrained/torchvision/R-50.pkl")
        }
        let isSlip = file.hasPrefix("ade20k") && file.contains("STDC")
        try #require(setup.warnings.count == (isSlip ? 1 : 0))
        if isSlip {
            for text in [":1:9: _BASE_: pem_R50_bs32_90k.yaml does not exist", "pem_R50_bs32_160k.yaml is meant"] {
                #expect(setup.warnings[0].contains(text), "\(setup.warnings[0])")
            }
        }
    }

    /// A slip is a row of a table: a file of another name, another base, or no file to take is an error.
    @Test func nothingIsTakenByLikeness() throws {
        let folder = "ade20k/semantic-segmentation"
        for (name, base) in [
            ("pem_STDC3_bs32_90k.yaml", "pem_R50_bs32_90k.yaml"), ("pem_STDC1_bs32_90k.yaml", "pem_R50_bs32_91k.yaml"),
            ("mine.yaml", "pem_R50_bs32_90k.yaml"),
        ] {
            let path = try write("\(folder)/\(name)", "_BASE_: \(base)\n")
            let error = #expect(throws: ConfigError.self) { try ConfigDocument.read(path: path) }
            #expect(error?.kind == .unreadable)
            #expect(error?.key == "_BASE_", "\(String(describing: error))")
        }
        try FileManager.default.removeItem(atPath: "\(root)/\(folder)/pem_R50_bs32_160k.yaml")
        #expect(throws: ConfigError.self) { try self.setup("\(self.root)/\(folder)/pem_STDC2_bs32_90k.yaml") }
    }

    @Test func aBaseAmongTheShippedFiles() throws {
        try write("shipped/outer.cfg", "SEED: 1\n")
        try write("shipped/pem/inner.cfg", "_BASE_: Base/base.cfg\nSEED: 2\n")
        try write("shipped/pem/Base/base.cfg", "OUTPUT_DIR: there\n")
        try write("own/beside.cfg", "SEED: 3\n")
        let shipped = ShippedFiles(roots: ["\(root)/shipped"])
        for (base, seed) in [
            ("outer.cfg", 1), ("inner.cfg", 2), ("pem/inner.cfg", 2), ("Configs/pem/inner.cfg", 2), ("beside.cfg", 3),
        ] {
            let path = try write("own/own.cfg", "_BASE_: \(base)\n")
            let document = try ConfigDocument.read(path: path, shipped: shipped)
            #expect(document["SEED"]?.value == .integer(seed), "\(base)")
            #expect(document["OUTPUT_DIR"]?.value == (seed == 2 ? .text("there") : nil))
        }
        // Two families have it: the folder must be named.
        try write("shipped/other/inner.cfg", "SEED: 4\n")
        let path = try write("own/own.cfg", "_BASE_: inner.cfg\n")
        let error = #expect(throws: ConfigError.self) { try ConfigDocument.read(path: path, shipped: shipped) }
        #expect(error?.hint == "name the folder too: other/inner.cfg or pem/inner.cfg")
        #expect(throws: ConfigError.self) { try shipped.file(meantBy: "Configs/inner.cfg") }
        for (path, file) in [
            ("other/inner.cfg", "other/inner.cfg"), ("Configs/pem/inner.cfg", "pem/inner.cfg"),
            ("elsewhere/outer.cfg", "outer.cfg"),
        ] {
            #expect(try shipped.file(meantBy: path) == "\(root)/shipped/\(file)")
        }
        // Another place, or another name, is no shipped file.
        for base in ["../outer.cfg", "sub/outer.cfg", "/nowhere/outer.cfg", "outter.cfg"] {
            let path = try write("own/own.cfg", "_BASE_: \(base)\n")
            #expect(throws: ConfigError.self) { try ConfigDocument.read(path: path, shipped: shipped) }
        }
    }

    /// A description that a base names lies beside the base.
    @Test func descriptionsOfABase() throws {
        let description = try write(
            "base/own.json",
            #"{"classes": ["a", "b"], "train": {"images": "a", "labels": "a"}, "val": {"images": "a", "labels": "a"}}"#)
        try write(
            "base/base.cfg",
            """
            _BASE_: ../\(Self.files[0])
            DATASETS: {TRAIN: 'folder:own.json:train', TEST: ['folder:own.json:val']}
            """)
        let path = try write("other/own.cfg", "_BASE_: ../base/base.cfg\n")
        let datasets = try setup(path).configuration.datasets
        #expect(datasets.train == ["folder:\(description):train"] && datasets.test == ["folder:\(description):val"])
    }
}
