import ConfigFiles
import Families
import Foundation
import Recipes
import TestSupport
import Testing

/// Whatever the bytes, reading gives a configuration or a `ConfigError`.
@Suite struct ConfigMutationTests {
    @Test func damagedFilesNeverCrash() throws {
        let folder = NSTemporaryDirectory() + "config-mutations-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.base.write(toFile: folder + "/base.cfg", atomically: true, encoding: .utf8)
        #expect(throws: Never.self) {
            try RunSetup(path: folder + "/base.cfg", overrides: [], families: networkFamilies)
        }
        var run = FuzzRun("YAML", path: folder + "/damaged.cfg")
        let originals = [Self.base, Self.child, Self.strange].map { Array($0.utf8) }
        try run.read(originals, tokens: Self.tokens, refusal: ConfigError.self) { path in
            do { _ = try RunSetup(path: path, overrides: [], families: networkFamilies) } catch is ConfigError {}
            _ = try ConfigDocument.read(path: path)
        }
        #expect(run.refused > run.count / 5 && run.refused < run.count, "\(run.refused) of \(run.count) refused")
    }

    private static let tokens = [
        "[", "]", "{", "}", "- ", "? ", ": ", "\n  ", "&a ", "*a", "<<: *a", "!!python/tuple ",
        "!!python/object/apply:eval ", "|\n", ">\n", "'", "\"", "#", "---\n", "...\n", "%YAML 1.1\n", "\t",
        "_BASE_: base.cfg\n", "_BASE_: damaged.cfg\n", "1e400", "0x", "(", ")", "~", "\u{FEFF}", "\0", "\\u0000",
        "MODEL", "range(5, 21)",
    ]

    private static let base = """
        # Words of every kind
        MODEL:
          META_ARCHITECTURE: "MaskFormer"
          BACKBONE: {NAME: "build_resnet_backbone", FREEZE_AT: 0}
          PIXEL_MEAN: [123.675, 116.28, 103.53]
          RESNETS:
            DEPTH: 50
            NORM: "SyncBN"
            OUT_FEATURES: ["res2", "res3", "res4", "res5"]
          SEM_SEG_HEAD:
            NAME: "MaskFormerHead"
            NUM_CLASSES: 19
            PIXEL_DECODER_NAME: "PEM_Pixel_Decoder"
            IN_FEATURES: ["res2", "res3", "res4", "res5"]
          MASK_FORMER:
            TRANSFORMER_DECODER_NAME: "PEMTransformerDecoder"
            DEC_LAYERS: 7
            NO_OBJECT_WEIGHT: 0.1
        SOLVER:
          BASE_LR: 7e-4
          STEPS: (327778, 355092)
        INPUT:
          MIN_SIZE_TRAIN: !!python/object/apply:eval ["[int(x * 0.1 * 1024) for x in range(5, 21)]"]
          CROP:
            ENABLED: True
            TYPE: "absolute"
            SIZE: (512, 1024)

        """

    private static let child = """
        _BASE_: base.cfg
        MODEL:
          SEM_SEG_HEAD:
            NUM_CLASSES: 150
        OUTPUT_DIR: "output/a \\u00e9"
        VERSION: 2

        """

    private static let strange = """
        %YAML 1.1
        ---
        INPUT: &input
          FORMAT: 'RGB'
          COLOR_AUG_SSD: yes
          MIN_SIZE_TRAIN:
            - 512
            - 0x200
        DATASETS: {TRAIN: !!python/tuple ["a"], TEST: [~, null, "x: y"]}
        SOLVER: {BASE_LR: 1_000.5, WEIGHT_DECAY: .05, STEPS: []}
        OUTPUT_DIR: >-
          folded
          text
        SEED: |
          7

        """
}
