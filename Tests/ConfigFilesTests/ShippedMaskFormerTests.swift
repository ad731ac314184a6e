import Backbones
import ConfigFiles
import Configurations
import Families
import Foundation
import Recipes
import Testing

/// The files of Configs/maskformer and Configs/per_pixel.
@Suite struct ShippedMaskFormerTests {
    private static let configs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Configs").path

    /// The folder of the official files, `configs` of a copy of MaskFormer's repository, where it is at hand.
    private static let official = ProcessInfo.processInfo.environment["PEM_MASKFORMER_CONFIGS"]

    private static func names(_ folder: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: configs + "/" + folder)) ?? []
        return files.filter { $0.hasSuffix(".cfg") }.map { "\(folder)/\($0.dropLast(4))" }.sorted()
    }

    private static let all = names("maskformer") + names("per_pixel")

    private func setup(_ path: String) throws -> RunSetup {
        try RunSetup(path: path, overrides: [], families: networkFamilies)
    }

    @Test func theyAreAllThere() {
        #expect(Self.names("maskformer").count == 24 && Self.names("per_pixel").count == 6)
    }

    @Test(arguments: all) func settings(name: String) throws {
        let setup = try setup("\(Self.configs)/\(name).cfg")
        let run = setup.configuration
        let network = try run.network()
        #expect(setup.warnings.isEmpty && run.keysWithoutEffect.isEmpty)
        #expect(run.outputDirectory == "output/\(name.replacingOccurrences(of: "/", with: "_"))")
        let parts = name.split(separator: "/")
        let file = parts[1]
        let data: [(prefix: String, classes: Int, ignored: Int, steps: Int, batch: Int)] = [
            ("ade20k_sem", 150, 255, 160_000, 16), ("ade20k_pan", 150, 255, 720_000, 16),
            ("ade20k_full_sem", 847, 65_535, 200_000, 16), ("cityscapes_sem", 19, 255, 90_000, 16),
            ("coco_stuff_sem", 171, 255, 60_000, 32), ("mapillary_sem", 65, 65, 300_000, 16),
            ("coco_pan", 133, 255, 554_400, 64),
        ]
        let row = try #require(data.first { file.hasPrefix($0.prefix + "_") })
        #expect(run.model.classCount == row.classes && run.model.ignoreLabel == row.ignored)
        #expect(run.solver.maximumSteps == row.steps && run.solver.imagesPerBatch == row.batch)
        #expect(run.test.inference.panoptic == row.prefix.hasSuffix("pan") && !run.test.inference.instance)
        let backbone = file.dropFirst(row.prefix.count + 1)
        let isSwin = backbone.hasPrefix("swin")
        #expect(run.solver.optimizer.settings.learningRate == (isSwin ? 6e-5 : 1e-4))
        let titles = [
            "r50": "ResNet-50", "r50_plus": "ResNet-50", "r101": "ResNet-101", "r101c": "DeepLab's ResNet-101",
            "swin_tiny": "Swin-T", "swin_small": "Swin-S", "swin_base_in21k": "Swin-B", "swin_large": "Swin-L",
        ]
        let kind =
            parts[0] == "maskformer" ? "MaskFormer" : "per-pixel baseline" + (file.contains("plus") ? " plus" : "")
        #expect(network.summary.hasPrefix("\(kind), \(try #require(titles[String(backbone)]))"))
    }

    /// Each resolves to the settings of the official file that its first lines name.
    @Test(.enabled(if: official != nil), arguments: all) func theyAreTheOfficialFiles(name: String) throws {
        let path = "\(Self.configs)/\(name).cfg"
        let words = try String(contentsOfFile: path, encoding: .utf8).split { " \n".contains($0) }
        let file = try #require(words.first { $0.hasSuffix(".yaml") })
        let other = try setup("\(try #require(Self.official))/\(file)")
        #expect(other.warnings.isEmpty)
        let (ours, theirs) = (try setup(path).configuration.settings, other.configuration.settings)
        #expect(ours.map(\.key) == theirs.map(\.key))
        // Official files set what detectron2's own ResNet does not read, and what BasePixelDecoder does not.
        let unread =
            name.hasSuffix("r101c") ? [] : ["MODEL.RESNETS.STEM_TYPE", "MODEL.RESNETS.RES5_MULTI_GRID"]
        let encoder = name.contains("coco_pan_swin") ? ["MODEL.SEM_SEG_HEAD.TRANSFORMER_ENC_LAYERS"] : []
        for (a, b) in zip(ours, theirs) where a.value != b.value {
            #expect(
                (["OUTPUT_DIR"] + unread + encoder).contains(a.key), "\(a.key): \(a.value), officially \(b.value)")
        }
    }

    /// Every official file is among them.
    @Test(.enabled(if: official != nil)) func noOfficialFileIsLeftOut() throws {
        let folder = try #require(Self.official)
        let files = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".yaml") && !$0.contains("Base-") }
        let text = try Self.all.map { try String(contentsOfFile: "\(Self.configs)/\($0).cfg", encoding: .utf8) }
            .joined()
        #expect(files.count == 30)
        for file in files { #expect(text.contains(file), "\(file)") }
    }
}
