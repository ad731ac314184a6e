extension ConfigurationSchema {
    /// SOLVER. ACCUMULATE (gradients of that many parts of a batch are added before a step) and
    /// CHECKPOINT_KEEP (how many checkpoints stay) are ours.
    static let solver = """
        SOLVER:
          OPTIMIZER: ADAMW
          BASE_LR: 0.001
          BASE_LR_END: 0.0
          BACKBONE_MULTIPLIER: 0.1
          BIAS_LR_FACTOR: 1.0
          MOMENTUM: 0.9
          NESTEROV: false
          WEIGHT_DECAY: 0.0001
          WEIGHT_DECAY_NORM: 0.0
          WEIGHT_DECAY_EMBED: 0.0
          WEIGHT_DECAY_BIAS: null
          CLIP_GRADIENTS:
            ENABLED: false
            CLIP_TYPE: value
            CLIP_VALUE: 1.0
            NORM_TYPE: 2.0
          LR_SCHEDULER_NAME: WarmupMultiStepLR
          WARMUP_FACTOR: 0.001
          WARMUP_ITERS: 1000
          WARMUP_METHOD: linear
          GAMMA: 0.1
          STEPS: [30000]
          NUM_DECAYS: 3
          RESCALE_INTERVAL: false
          POLY_LR_POWER: 0.9
          POLY_LR_CONSTANT_ENDING: 0.0
          MAX_ITER: 40000
          IMS_PER_BATCH: 16
          ACCUMULATE: 1
          CHECKPOINT_PERIOD: 5000
          CHECKPOINT_KEEP: 3
          REFERENCE_WORLD_SIZE: 0
          AMP:
            ENABLED: false
        """

    /// TEST. SLIDE is ours: height and width of the windows that the network sees an image through, and of the steps
    /// from one to the next.
    static let test = """
        TEST:
          EVAL_PERIOD: 0
          DETECTIONS_PER_IMAGE: 100
          EXPECTED_RESULTS: []
          KEYPOINT_OKS_SIGMAS: []
          AUG:
            ENABLED: false
            MIN_SIZES: [400, 500, 600, 700, 800, 900, 1000, 1100, 1200]
            MAX_SIZE: 4000
            FLIP: true
          SLIDE:
            ENABLED: false
            WINDOW: [1024, 1024]
            STRIDE: [768, 768]
          PRECISE_BN:
            ENABLED: false
            NUM_ITER: 200
        """

    /// The keys outside every section.
    static let run = """
        OUTPUT_DIR: ./output
        SEED: -1
        VERSION: 2
        CUDNN_BENCHMARK: false
        FLOAT32_PRECISION: ""
        VIS_PERIOD: 0
        GLOBAL:
          HACK: 1.0
        """
}
