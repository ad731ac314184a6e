import Autodiff
import Checkpoints
import Diagnostics
import Foundation
import Layers
import MaskClassifiers
import Networks
import Tensors
import TestSupport
import Testing

/// MaskFormer's decoder by itself: from the official backbone's maps and mask features in MaskFormer's golden to the
/// official predictions. Its network need not be built for that.
@Suite struct StandardDecoderTests {
    private static let path = GoldenFolder.paths.first { $0.hasSuffix("/maskformer_r50_ade20k_sem.safetensors") }

    /// [B, C, H, W] of the file as [B, H, W, C].
    private func map(_ name: String, _ file: SafetensorsFile) throws -> Variable {
        let (planar, shape) = (try file.floats(named: name), try #require(file.shape(named: name)))
        let (channels, area) = (shape[1], shape[2] * shape[3])
        let values = planar.indices.map { index in
            let (pixel, channel) = (index / channels, index % channels)
            return planar[(pixel / area * channels + channel) * area + pixel % area]
        }
        return Variable(Tensor(values, shape: [shape[0], shape[2], shape[3], channels]))
    }

    @Test(.enabled(if: path != nil)) func officialPredictions() throws {
        let file = try SafetensorsFile(path: try #require(Self.path))
        let gain = try JSONDecoder().decode([String: Double].self, from: Data((file.metadata["gain"] ?? "").utf8))
        let store = ParameterStore(seed: 0)
        let features = [FeatureShape(name: "res5", stride: 32, channels: 2048)]
        let decoder = StandardTransformerDecoder.Configuration().make(
            store.root.child("sem_seg_head").child("predictor"), features: features,
            pixels: PixelDecoderShapes(maskChannels: 256, multiScale: []))
        for parameter in store.parameters {
            let values = FillRule.parameter(parameter.name, parameter.officialShape)
            parameter.load(officialValues: values.map { Float(Double(Float($0)) * (gain[parameter.name] ?? 1)) })
        }
        let predictions = decoder(
            features: FeatureMaps(features, [try map("eval.features.res5", file)]),
            pixels: PixelDecoderOutput(maskFeatures: try map("eval.mask_features", file), multiScale: []), .evaluation)
        #expect(predictions.classLogits.count == 6)
        for (index, logits) in predictions.classLogits.enumerated() {
            let name = index < 5 ? "eval.aux.\(index).pred_logits" : "eval.pred_logits"
            let official = try file.floats(named: name).map(Double.init)
            let largest = official.map(abs).max() ?? 0
            assertClose(logits.value, official, tolerance: 1e-4 * largest)
        }
        let official = try file.floats(named: "eval.pred_masks").map(Double.init)
        let largest = official.map(abs).max() ?? 0
        assertClose(predictions.raw[1].value, official, tolerance: 4e-4 * largest)
    }
}
