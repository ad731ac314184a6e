import Annotations
import Foundation
import Images
import TestSupport
import Testing

/// A folder with a data set of a few small pictures, its description, and the configurations of two small networks: a
/// PEM (tiny.cfg) and a Mask2Former (swin.cfg).
final class TinyProject {
    static let classNames = ["ground", "sky", "box"]
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "command-tests-\(UUID().uuidString)"
        for split in ["train", "val"] {
            for kind in ["images", "labels"] {
                try FileManager.default.createDirectory(
                    atPath: "\(path)/\(kind)/\(split)", withIntermediateDirectories: true)
            }
            for index in 0..<(split == "train" ? 5 : 2) {
                try writePicture("\(split)/street\(index)", seed: index)
            }
        }
        try Self.description.write(toFile: path + "/tiny.json", atomically: true, encoding: .utf8)
        try Self.configuration.write(toFile: path + "/tiny.cfg", atomically: true, encoding: .utf8)
        try Self.mask2Former.write(toFile: path + "/swin.cfg", atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
    func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: file(name)) }

    /// `--config` and `--output` for an output folder of this name.
    func options(_ output: String, _ configuration: String = "tiny.cfg") -> [String] {
        ["--config", file(configuration), "--output", file(output)]
    }

    /// The scores in results.json of an output folder, without the record of the run.
    func scores(_ output: String) throws -> [String: [String: Double?]] {
        let data = try #require(bytes(output + "/results.json"))
        var tasks = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
        let record = tasks.removeValue(forKey: "run")
        _ = try #require(record)
        return tasks.mapValues { $0.mapValues { $0 as? Double } }
    }

    /// Trains into the output folder of this name.
    func train(_ output: String, _ more: [String] = [], shell: String? = nil) throws -> Command.Result {
        try Command.run("pem-train", options(output) + more, shell: shell)
    }

    /// Sky above, ground below, and a box whose place depends on the seed; a frame of the ignore label.
    private func writePicture(_ name: String, seed: Int) throws {
        let (width, height) = (128, 64)
        var labels = LabelImage(size: ImageSize(height: height, width: width), fill: [0])
        var image = Image<UInt8>(size: ImageSize(height: height, width: width), fill: [60, 60, 60])
        for y in 0..<height {
            for x in 0..<width {
                let isBox = (20 + 12 * seed..<44 + 12 * seed).contains(x) && (24..<52).contains(y)
                let isFrame = x < 2 || y < 2
                let label = isBox ? 2 : y < 30 ? 1 : 0
                let pixel = y * width + x
                labels.values[pixel] = isFrame ? 255 : UInt16(label)
                let noise = (pixel &* 2_654_435_761 >> 16) % 32
                let color = [[90, 90, 90], [120, 160, 210], [180, 40, 30]][label]
                for channel in 0..<3 { image.values[3 * pixel + channel] = UInt8(color[channel] + noise) }
            }
        }
        try ImageFile.writePNG(image, to: "\(path)/images/\(name).png")
        try ImageFile.writePNG(labels: labels, bits: 8, to: "\(path)/labels/\(name).png")
    }

    private static let description = """
        {
          "classes": [
            {"name": "ground", "color": [128, 64, 128]},
            {"name": "sky", "color": [70, 130, 180]},
            {"name": "box", "color": [220, 20, 60], "thing": true}
          ],
          "train": {"images": "images/train", "labels": "labels/train"},
          "val": {"images": "images/val", "labels": "labels/val"}
        }
        """

    /// A ResNet-50 of narrow layers: half a million parameters.
    private static let configuration = """
        MODEL:
          META_ARCHITECTURE: "MaskFormer"
          BACKBONE: {NAME: "build_resnet_backbone", FREEZE_AT: 0}
          PIXEL_MEAN: [123.675, 116.28, 103.53]
          PIXEL_STD: [58.395, 57.12, 57.375]
          RESNETS:
            DEPTH: 50
            STEM_OUT_CHANNELS: 8
            RES2_OUT_CHANNELS: 16
            STRIDE_IN_1X1: False
            NORM: "SyncBN"
            OUT_FEATURES: ["res2", "res3", "res4", "res5"]
          SEM_SEG_HEAD:
            NAME: "MaskFormerHead"
            NUM_CLASSES: 3
            IGNORE_VALUE: 255
            CONVS_DIM: 16
            MASK_DIM: 32
            NORM: "BN"
            PIXEL_DECODER_NAME: "PEM_Pixel_Decoder"
            IN_FEATURES: ["res2", "res3", "res4", "res5"]
          MASK_FORMER:
            TRANSFORMER_DECODER_NAME: "PEMTransformerDecoder"
            HIDDEN_DIM: 32
            NUM_OBJECT_QUERIES: 8
            NHEADS: 4
            DIM_FEEDFORWARD: 64
            DEC_LAYERS: 4
            PRE_NORM: True
            ENFORCE_INPUT_PROJ: True
            DEEP_SUPERVISION: True
            NO_OBJECT_WEIGHT: 0.1
            CLASS_WEIGHT: 2.0
            MASK_WEIGHT: 5.0
            DICE_WEIGHT: 5.0
            SIZE_DIVISIBILITY: 32
            TRAIN_NUM_POINTS: 64
            TEST: {SEMANTIC_ON: True}
        DATASETS:
          TRAIN: ("folder:tiny.json:train",)
          TEST: ("folder:tiny.json:val",)
        SOLVER:
          OPTIMIZER: "ADAMW"
          BASE_LR: 0.002
          WEIGHT_DECAY: 0.05
          IMS_PER_BATCH: 4
          ACCUMULATE: 2
          MAX_ITER: 8
          LR_SCHEDULER_NAME: "WarmupPolyLR"
          WARMUP_ITERS: 2
          CHECKPOINT_PERIOD: 3
          CLIP_GRADIENTS: {ENABLED: True, CLIP_TYPE: "full_model", CLIP_VALUE: 0.01}
        INPUT:
          FORMAT: "RGB"
          MIN_SIZE_TRAIN: [48, 64, 80]
          MAX_SIZE_TRAIN: 256
          MIN_SIZE_TEST: 64
          MAX_SIZE_TEST: 256
          COLOR_AUG_SSD: True
          PAD_TO_CROP: True
          CROP: {ENABLED: True, TYPE: "absolute", SIZE: [64, 96], SINGLE_CATEGORY_MAX_AREA: 1.0}
        DATALOADER: {NUM_WORKERS: 2}
        TEST: {EVAL_PERIOD: 4}
        SEED: 5
        """

    /// A Swin Transformer of narrow layers under Mask2Former's decoders.
    private static let mask2Former = """
        _BASE_: tiny.cfg
        MODEL:
          BACKBONE: {NAME: "D2SwinTransformer"}
          SWIN: {EMBED_DIM: 16, DEPTHS: [1, 2, 1, 1], NUM_HEADS: [1, 2, 2, 4], WINDOW_SIZE: 4}
          SEM_SEG_HEAD:
            CONVS_DIM: 32
            NORM: "GN"
            PIXEL_DECODER_NAME: "MSDeformAttnPixelDecoder"
            DEFORMABLE_TRANSFORMER_ENCODER_IN_FEATURES: ["res3", "res4", "res5"]
            TRANSFORMER_ENC_LAYERS: 1
          MASK_FORMER:
            TRANSFORMER_DECODER_NAME: "MultiScaleMaskedTransformerDecoder"
            TRANSFORMER_IN_FEATURE: "multi_scale_pixel_decoder"
            PRE_NORM: False
            ENFORCE_INPUT_PROJ: False
            DROPOUT: 0.0
            SIZE_DIVISIBILITY: -1
        """
}
