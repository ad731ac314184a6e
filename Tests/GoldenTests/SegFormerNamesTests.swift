import Annotations
import Autodiff
import Checkpoints
import Configurations
import Diagnostics
import Engine
import Families
import Foundation
import Layers
import Networks
import Tensors
import TestSupport
import Testing

/// A small SegFormer of transformers, recorded by Tools/reference/segformer.py and filled by the goldens' rule, gives
/// the same logits here.
@Suite struct SegFormerNamesTests {
    private struct Recorded: Decodable {
        let image, shape: [Int]
        let names: [String: [Int]]
        /// What the model in memory calls them.
        let memory: [String: String]
        let logits: [Double]
    }

    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("CheckpointsTests/Fixtures/segformer.json")

    private static let yaml = """
        MODEL:
          META_ARCHITECTURE: EncoderDecoder
          BACKBONE: {NAME: MixTransformer, FREEZE_AT: 0}
          MIT:
            EMBED_DIMS: [8, 12, 20, 24]
            DEPTHS: [1, 2, 1, 1]
            NUM_HEADS: [1, 2, 5, 4]
            OUT_FEATURES: [res2, res3, res4, res5]
          SEM_SEG_HEAD: {NAME: SegFormerHead, NUM_CLASSES: 3}
          SEGFORMER: {EMBED_DIM: 16}
        """

    private func network() throws -> any Network {
        try RunConfiguration.parse(yaml: Self.yaml, name: "small.yaml", overrides: [], families: networkFamilies)
            .network().network(seed: 1)
    }

    private typealias SmallTensor = (name: String, shape: [Int], values: [Float])

    private func write(_ tensors: [SmallTensor]) throws -> String {
        let path = NSTemporaryDirectory() + "segformer-\(UUID().uuidString).safetensors"
        try SafetensorsFile.write(
            tensors.map { tensor in SavedTensor(name: tensor.name, shape: tensor.shape) { tensor.values } }, to: path)
        return path
    }

    @Test(arguments: [false, true]) func sameLogits(isInMemory: Bool) throws {
        let recorded = try JSONDecoder().decode(Recorded.self, from: Data(contentsOf: Self.fixture))
        let path = try write(
            recorded.names.map { name, shape in
                (
                    isInMemory ? try #require(recorded.memory[name]) : name, shape,
                    FillRule.parameter(name, shape).map { Float($0) }
                )
            })
        defer { try? FileManager.default.removeItem(atPath: path) }
        let network = try network()
        let notes = try WeightsFile(path: path, maps: networkFamilies.nameMaps).load(into: network.store)
        #expect(notes.count == 1 && notes[0].contains("names of huggingface"))
        let (channels, height, width) = (recorded.image[1], recorded.image[2], recorded.image[3])
        let planar = FillRule.uniform("image", channels * height * width).map { Float(2 * $0 - 1) }
        let pixels = (0..<height * width).flatMap { pixel in
            (0..<channels).map { planar[$0 * height * width + pixel] }
        }
        let prediction = network(Tensor(pixels, shape: [1, height, width, channels]), .evaluation)
        let logits = try #require(prediction as? PixelPredictions).raw[0].value
        #expect(logits.shape == recorded.shape)
        assertClose(logits, recorded.logits, tolerance: 1e-4 / 2)
    }

    /// An ImageNet file has the encoder and a classifier.
    @Test func imageNetWeights() throws {
        let (network, other) = (try network(), try network())
        let backbone = network.store.parameters.filter { $0.name.hasPrefix("backbone.") }
        let encoder = backbone.map { parameter -> SmallTensor in
            (String(parameter.name.dropFirst(9)), parameter.officialShape, parameter.officialValues.map { $0 + 1 })
        }
        let classifier: [SmallTensor] = [
            ("head.weight", [2, 24], Array(repeating: 0, count: 48)), ("head.bias", [2], [0, 0]),
        ]
        let path = try write(encoder + classifier)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let notes = try WeightsFile(path: path, maps: networkFamilies.nameMaps).load(into: other.store, .trainingStart)
        #expect(notes.contains { $0.contains("names of mit; not used: head.bias, head.weight") })
        for (a, b) in zip(network.store.parameters, other.store.parameters) {
            let isBackbone = a.name.hasPrefix("backbone.")
            #expect(b.officialValues == (isBackbone ? a.officialValues.map { $0 + 1 } : a.officialValues), "\(a.name)")
        }
    }

    /// Another number of classes starts the two layers of classes anew.
    @Test func anotherNumberOfClasses() throws {
        let (network, other) = (try network(), try network())
        let path = try write(
            network.store.parameters.map { parameter in
                guard parameter.officialShape.first == 3 else {
                    return (parameter.name, parameter.officialShape, parameter.officialValues)
                }
                let shape = [7] + parameter.officialShape.dropFirst()
                return (parameter.name, shape, Array(repeating: 0, count: shape.reduce(1, *)))
            })
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try WeightsFile(path: path, maps: networkFamilies.nameMaps)
        #expect(throws: WeightsError.self) { try file.load(into: other.store) }
        let notes = try file.load(into: other.store, .trainingStart)
        #expect(notes.count { $0.contains("starts anew") } == 4)
    }

    /// mmsegmentation's head is refused by name, not by a list of all its tensors.
    @Test func anotherHeadIsRefused() throws {
        let path = try write([
            ("backbone.layers.0.0.projection.weight", [1], [0]), ("decode_head.convs.0.conv.weight", [1], [0]),
            ("decode_head.fusion_conv.conv.weight", [1], [0]), ("decode_head.conv_seg.weight", [1], [0]),
        ])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: CheckpointError.self) {
            try WeightsFile(path: path, maps: networkFamilies.nameMaps)
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains(path) && text.contains("decode_head.convs.0") && text.contains("fusion_conv"))
    }
}
