import Checkpoints
import Configurations
import Engine
import Families
import Foundation
import Testing

/// transformers' Mask2Formers and MaskFormers, recorded by Tools/reference/names.py, fit ours, name by name and shape
/// by shape.
@Suite struct TransformersNamesTests {
    private struct Recorded: Decodable {
        let names: [String: [Int]]
    }

    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("CheckpointsTests/Fixtures/names.json")

    /// What transformers 4 called parts of its Swin Transformers; files keep these names.
    private static let earlier = [
        "encoder.swin.": "encoder.", ".attention.q_proj.": ".attention.self.query.",
        ".attention.k_proj.": ".attention.self.key.", ".attention.v_proj.": ".attention.self.value.",
        ".attention.o_proj.": ".attention.output.dense.", ".attention.relative_position_bias.": ".attention.self.",
        ".mlp.fc1.": ".intermediate.dense.", ".mlp.fc2.": ".output.dense.",
    ]

    /// The same of its decoders.
    private static let earlierDecoder = [".o_proj.": ".out_proj.", ".mlp.fc": ".fc"]

    private static let yaml = """
        MODEL:
          META_ARCHITECTURE: MaskFormer
          RESNETS: {STRIDE_IN_1X1: False, OUT_FEATURES: [res2, res3, res4, res5]}
          SWIN: {EMBED_DIM: 8, DEPTHS: [1, 1, 1, 1], NUM_HEADS: [1, 2, 4, 8]}
          SEM_SEG_HEAD:
            {NAME: MaskFormerHead, PIXEL_DECODER_NAME: MSDeformAttnPixelDecoder, IN_FEATURES: [res2, res3, res4, res5],
            NUM_CLASSES: 3, CONVS_DIM: 32, MASK_DIM: 32, TRANSFORMER_ENC_LAYERS: 1}
          MASK_FORMER:
            {TRANSFORMER_IN_FEATURE: multi_scale_pixel_decoder, HIDDEN_DIM: 32, NHEADS: 4, DIM_FEEDFORWARD: 8,
            DEC_LAYERS: 2, NUM_OBJECT_QUERIES: 4}
        VERSION: 2
        """

    private static let maskFormer = [
        ("SEM_SEG_HEAD.PIXEL_DECODER_NAME", "BasePixelDecoder"), ("MASK_FORMER.TRANSFORMER_IN_FEATURE", "res5"),
        ("MASK_FORMER.DEC_LAYERS", "1"),
    ].flatMap { ["MODEL." + $0, $1] }

    @Test(arguments: [
        ("Hugging Face MaskFormer Swin", "D2SwinTransformer", false),
        ("Hugging Face MaskFormer Swin", "D2SwinTransformer", true),
        ("Hugging Face MaskFormer R50", "build_resnet_backbone", false),
        ("Hugging Face Mask2Former Swin", "D2SwinTransformer", false),
        ("Hugging Face Mask2Former Swin", "D2SwinTransformer", true),
        ("Hugging Face Mask2Former R50", "build_resnet_backbone", false),
    ])
    func everyTensorFits(recorded: String, backbone: String, isEarlier: Bool) throws {
        let all = try JSONDecoder().decode([String: Recorded].self, from: Data(contentsOf: Self.fixture))
        var shapes = try #require(all[recorded]).names
        if isEarlier {
            shapes = Dictionary(
                uniqueKeysWithValues: shapes.map { name, shape in
                    let isBackbone = name.contains("pixel_level_module.encoder.")
                    let changes = isBackbone ? Self.earlier : Self.earlierDecoder
                    return (changes.reduce(name) { $0.replacingOccurrences(of: $1.key, with: $1.value) }, shape)
                })
        }
        let path = NSTemporaryDirectory() + "transformers-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try SafetensorsFile.write(
            shapes.map { name, shape in
                SavedTensor(name: name, shape: shape) { Array(repeating: 0.5, count: shape.reduce(1, *)) }
            }, to: path)
        let configuration = try RunConfiguration.parse(
            yaml: Self.yaml, name: "small.yaml",
            overrides: ["MODEL.BACKBONE.NAME", backbone] + (recorded.contains("MaskFormer") ? Self.maskFormer : []),
            families: networkFamilies)
        let network = try configuration.network().network(seed: 1)
        let notes = try WeightsFile(path: path, maps: networkFamilies.nameMaps).load(into: network.store)
        #expect(notes.count == 1 && notes[0].contains("names of huggingface"))
        #expect(network.store.parameters.allSatisfy { $0.officialValues.allSatisfy { $0 == 0.5 } })
    }
}
