import Checkpoints
import Engine
import Foundation
import Layers
import Testing

/// What is said of weights of another network: few names, and whose the weights are.
@Suite struct WeightsAdviceTests {
    private static let maps: [NameMap] = [.torchvision, .swiftFormer, .mixTransformer, .pidNet, .detectron2]

    /// A Mix Transformer in small, with a head.
    private static func mixTransformer(blocks: Int, width: Int = 4) -> [(String, [Int])] {
        [("backbone.patch_embed1.proj.weight", [width, 3])]
            + (0..<blocks).flatMap { block in
                ["attn.q.weight", "mlp.fc1.weight"].map { ("backbone.block1.\(block).\($0)", [width, width]) }
            } + [("decode_head.linear_c1.weight", [8, width]), ("decode_head.linear_pred.weight", [3, 8])]
    }

    private func error(
        _ file: [(String, [Int])], in network: [(String, [Int])]
    ) throws -> (error: WeightsError, text: String) {
        let folder = try TemporaryFolder()
        let path = folder.file("weights.safetensors")
        try SafetensorsFile.write(
            file.map { name, shape in
                SavedTensor(name: name, shape: shape) { Array(repeating: 1, count: shape.reduce(1, *)) }
            }, to: path)
        let store = ParameterStore(seed: 1)
        for (name, shape) in network { _ = store.root.parameter(name, shape, .constant(0)) }
        let weights = try WeightsFile(path: path, maps: Self.maps)
        let error = try #require(#expect(throws: WeightsError.self) { try weights.load(into: store) })
        return (error, "\(error)")
    }

    /// As trained here, and as the authors' ImageNet files have them.
    @Test(arguments: ["backbone.", ""]) func anotherFamilyIsNamed(prefix: String) throws {
        let file = (0..<40).map { ("\(prefix)network.0.\($0).dwconv.weight", [2]) }
        let (error, text) = try error(file, in: Self.mixTransformer(blocks: 20))
        #expect(error.missing.count == 43 && error.unexpected.count == 40)
        #expect(
            text.contains(
                "The names in the file are those of SwiftFormer, the configuration's network is SegFormer's Mix "
                    + "Transformer: name a configuration of SwiftFormer."), "\(text)")
        let lines = text.split(separator: "\n")
        #expect(lines.count == 1 + 2 * (1 + 8 + 1) + 2, "\(text)")
        #expect(lines.contains("    and 35 more") && lines.contains("    and 32 more"))
        // One of each module is shown.
        for name in ["backbone.patch_embed1.proj.weight", "decode_head.linear_pred.weight"] {
            #expect(lines.contains { $0 == "    " + name }, "\(text)")
        }
        #expect(text.contains("OUT.safetensors --for CONFIG lists all names.") && !text.contains("config.yaml"))
    }

    @Test func otherDepthsAreNamed() throws {
        let (_, text) = try error(Self.mixTransformer(blocks: 2), in: Self.mixTransformer(blocks: 5))
        #expect(text.contains("other depths (backbone.block1 has 2 in the file, 5 in the network)"), "\(text)")
        #expect(!text.contains("lists all names"))
    }

    @Test func otherWidthsAreShown() throws {
        let (_, text) = try error(Self.mixTransformer(blocks: 9, width: 6), in: Self.mixTransformer(blocks: 9))
        let lines = text.split(separator: "\n")
        #expect(lines[1] == "  20 of another shape:")
        #expect(lines[2] == "    backbone.patch_embed1.proj.weight: expected [4, 3], got [6, 3]")
        #expect(lines[10] == "    and 12 more" && lines[11].contains("of a network of other widths"), "\(text)")
    }

    @Test func anotherHeadIsTold() throws {
        let backbone = Self.mixTransformer(blocks: 1).filter { $0.0.hasPrefix("backbone.") }
        let (_, text) = try error(backbone + [("neck.weight", [1])], in: Self.mixTransformer(blocks: 1))
        #expect(text.contains("The backbone fits, the rest does not"), "\(text)")
    }

    @Test func aBackboneAloneIsTold() throws {
        let network = Self.mixTransformer(blocks: 1)
        // Norms behind the stages are no matter.
        let (error, text) = try error(
            network.filter { $0.0.hasPrefix("backbone.") }, in: network + [("backbone.norm0.weight", [4])])
        #expect(error.missing.count == 3)
        #expect(
            text.contains("holds the backbone alone, 3 of the network's tensors are not in it: give it to pem-train as")
                && text.contains("MODEL.WEIGHTS") && !text.contains("\n"), "\(text)")
        // Half a backbone is none.
        let half = try self.error(Array(network.prefix(1)), in: network).text
        #expect(!half.contains("alone") && half.contains("4 missing in the file:"), "\(half)")
    }
}
