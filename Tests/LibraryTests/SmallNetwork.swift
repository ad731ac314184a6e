import Foundation
import SegmentationNetworks
import SegmentationTraining

/// A network of a few channels, its configuration in a folder of its own, and pictures for it.
final class SmallNetwork {
    static let classes = [
        SegmentationClass(number: 0, name: "ground"), SegmentationClass(number: 1, name: "box", isThing: true),
    ]
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "library-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.text.write(toFile: path + "/small.cfg", atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func configuration(_ settings: [String: String] = [:]) throws -> NetworkConfiguration {
        try NetworkConfiguration(contentsOf: path + "/small.cfg", settings: settings)
    }

    /// A session on four pictures, some of them changed by `change`.
    func session(
        _ settings: [String: String] = [:],
        _ change: @escaping @Sendable (Int) throws -> LabelledPicture? = { _ in nil }
    ) throws -> TrainingSession {
        try TrainingSession(configuration(settings), classes: Self.classes, count: 4) { index in
            try change(index) ?? Self.sample(index)
        }
    }

    /// A box on the ground.
    static func sample(_ index: Int, label: UInt16 = 1) throws -> LabelledPicture {
        let (width, height) = (96, 64)
        let isBox = (0..<width * height).map { pixel in
            (10 + 8 * index..<40 + 8 * index).contains(pixel % width) && (12..<44).contains(pixel / width)
        }
        let rgb = isBox.enumerated().flatMap { pixel, isBox in
            let noise = UInt8((pixel &* 2_654_435_761 >> 16) % 32)
            return isBox ? [200 + noise, 60 + noise, 40] : [90 + noise, 90, 90]
        }
        return try LabelledPicture(
            Picture(width: width, height: height, rgb: rgb),
            labels: LabelMap(width: width, height: height, values: isBox.map { $0 ? label : 0 }),
            objects: LabelMap(width: width, height: height, values: isBox.map { $0 ? 1 : 0 }), name: "box \(index)")
    }

    private static let text = """
        MODEL:
          META_ARCHITECTURE: "MaskFormer"
          WEIGHTS: ""
          BACKBONE: {NAME: "build_resnet_backbone", FREEZE_AT: 0}
          RESNETS:
            DEPTH: 50
            STEM_OUT_CHANNELS: 8
            RES2_OUT_CHANNELS: 8
            STRIDE_IN_1X1: False
            NORM: "SyncBN"
            OUT_FEATURES: ["res2", "res3", "res4", "res5"]
          SEM_SEG_HEAD:
            NAME: "MaskFormerHead"
            NUM_CLASSES: 2
            IGNORE_VALUE: 255
            CONVS_DIM: 16
            MASK_DIM: 16
            NORM: "BN"
            PIXEL_DECODER_NAME: "PEM_Pixel_Decoder"
            IN_FEATURES: ["res2", "res3", "res4", "res5"]
          MASK_FORMER:
            TRANSFORMER_DECODER_NAME: "PEMTransformerDecoder"
            HIDDEN_DIM: 16
            NUM_OBJECT_QUERIES: 8
            NHEADS: 2
            DIM_FEEDFORWARD: 32
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
            TEST: {SEMANTIC_ON: True, PANOPTIC_ON: True, INSTANCE_ON: True}
        SOLVER:
          OPTIMIZER: "ADAMW"
          BASE_LR: 0.002
          IMS_PER_BATCH: 2
          MAX_ITER: 3
          LR_SCHEDULER_NAME: "WarmupPolyLR"
          WARMUP_ITERS: 0
        INPUT:
          FORMAT: "RGB"
          DATASET_MAPPER_NAME: "mask_former_panoptic"
          MIN_SIZE_TRAIN: [64]
          MIN_SIZE_TEST: 64
        DATALOADER: {NUM_WORKERS: 1}
        SEED: 5
        """
}
