import Checkpoints
import Foundation
import TestSupport
import Testing

/// A narrow SwiftFormer with Semantic FPN through the commands, from weights of others.
@Suite(.serialized) struct SwiftFormerFlowTests {
    private static let configuration = """
        _BASE_: tiny.cfg
        MODEL:
          META_ARCHITECTURE: "EncoderDecoder"
          BACKBONE: {NAME: "SwiftFormer"}
          SWIFTFORMER: {WIDTHS: [8, 8, 12, 16], DEPTHS: [2, 1, 1, 1]}
          SEM_SEG_HEAD: {NAME: "FPNHead"}
          SEMANTIC_FPN: {PYRAMID_CHANNELS: 16, CHANNELS: 8}
        SOLVER: {ACCUMULATE: 1, MAX_ITER: 1}
        TEST: {EVAL_PERIOD: 0}
        """

    private let project: TinyProject

    init() throws {
        project = try TinyProject()
        try Self.configuration.write(toFile: project.file("swift.cfg"), atomically: true, encoding: .utf8)
    }

    private func train(_ output: String, _ more: [String] = []) throws -> Command.Result {
        try Command.run("pem-train", project.options(output, "swift.cfg") + more)
    }

    /// The backbone of a trained network under the names of transformers.
    private func writeTransformersFile(_ model: String, to name: String) throws {
        let file = try SafetensorsFile(path: model)
        let prefix = "backbone."
        let tensors = try file.names.filter { $0.hasPrefix(prefix) && !$0.hasPrefix(prefix + "norm") }.map { name in
            let values = try file.floats(named: name)
            var other = String(name.dropFirst(prefix.count))
                .replacingOccurrences(of: "patch_embed.", with: "patch_embed.patch_embedding.")
                .replacingOccurrences(of: ".dwconv.", with: ".depth_wise_conv.")
                .replacingOccurrences(of: ".pwconv", with: ".point_wise_conv")
                .replacingOccurrences(of: ".Proj.", with: ".proj.")
            for stage in [0, 2, 4, 6] where other.hasPrefix("network.\(stage).") {
                other.insert(contentsOf: "blocks.", at: other.index(other.startIndex, offsetBy: 10))
            }
            if other.hasPrefix("network.") { other = "encoder." + other }
            return SavedTensor(name: "swiftformer." + other, shape: file.shape(named: name) ?? []) { values }
        }
        try SafetensorsFile.write(tensors, to: project.file(name))
    }

    @Test func namesThatTellTheAttention() throws {
        let first = try train("first")
        #expect(first.status == 0, "\(first.errors)")
        let model = project.file("first/model_final.safetensors")
        let picture = project.file("images/val/street0.png")
        let prediction = try Command.run(
            "pem-predict", project.options("predicted", "swift.cfg") + ["--weights", model, picture])
        #expect(prediction.status == 0, "\(prediction.errors)")

        try writeTransformersFile(model, to: "theirs.safetensors")
        let attention = "MODEL.SWIFTFORMER.ATTENTION"
        let warning =
            "names of huggingface were trained with \(attention) \"first_release\", here it is "
            + "\"normalized\""
        for (setting, isWarned) in [("normalized", true), ("first_release", false)] {
            let result = try train(
                setting, ["--weights", project.file("theirs.safetensors"), attention, setting])
            #expect(result.status == 0, "\(result.errors)")
            #expect((result.output + result.errors).contains(warning) == isWarned, "\(result.output)")
        }
        let converted = try Command.run(
            "pem-convert", [project.file("theirs.safetensors"), project.file("ours.safetensors")])
        #expect(converted.status == 0 && converted.output.contains("trained with \(attention) first_release"))
    }
}
