extension ConfigurationSchema {
    /// MODEL itself and MODEL.MASK_FORMER.
    static let model = """
        MODEL:
          META_ARCHITECTURE: GeneralizedRCNN
          WEIGHTS: ""
          PIXEL_MEAN: [103.53, 116.28, 123.675]
          PIXEL_STD: [1.0, 1.0, 1.0]
          DEVICE: cuda
          LOAD_PROPOSALS: false
          MASK_ON: false
          KEYPOINT_ON: false
          MASK_FORMER:
            TRANSFORMER_DECODER_NAME: MultiScaleMaskedTransformerDecoder
            TRANSFORMER_IN_FEATURE: res5
            HIDDEN_DIM: 256
            NUM_OBJECT_QUERIES: 100
            NHEADS: 8
            DIM_FEEDFORWARD: 2048
            ENC_LAYERS: 0
            DEC_LAYERS: 6
            PRE_NORM: false
            ENFORCE_INPUT_PROJ: false
            DROPOUT: 0.1
            SIZE_DIVISIBILITY: 32
            DEEP_SUPERVISION: true
            NO_OBJECT_WEIGHT: 0.1
            CLASS_WEIGHT: 1.0
            DICE_WEIGHT: 1.0
            MASK_WEIGHT: 20.0
            TRAIN_NUM_POINTS: 12544
            OVERSAMPLE_RATIO: 3.0
            IMPORTANCE_SAMPLE_RATIO: 0.75
            TEST:
              SEMANTIC_ON: true
              INSTANCE_ON: false
              PANOPTIC_ON: false
              OBJECT_MASK_THRESHOLD: 0.0
              OVERLAP_THRESHOLD: 0.0
              SEM_SEG_POSTPROCESSING_BEFORE_INFERENCE: false
        """

    /// MODEL.SEM_SEG_HEAD.
    static let heads = """
        MODEL:
          SEM_SEG_HEAD:
            NAME: SemSegFPNHead
            NUM_CLASSES: 54
            IGNORE_VALUE: 255
            PIXEL_DECODER_NAME: BasePixelDecoder
            IN_FEATURES: [p2, p3, p4, p5]
            CONVS_DIM: 128
            MASK_DIM: 256
            NORM: GN
            COMMON_STRIDE: 4
            LOSS_WEIGHT: 1.0
            TRANSFORMER_ENC_LAYERS: 0
            DEFORMABLE_TRANSFORMER_ENCODER_IN_FEATURES: [res3, res4, res5]
            DEFORMABLE_TRANSFORMER_ENCODER_N_POINTS: 4
            DEFORMABLE_TRANSFORMER_ENCODER_N_HEADS: 8
            LOSS_TYPE: hard_pixel_mining
            PROJECT_FEATURES: [res2]
            PROJECT_CHANNELS: [48]
            ASPP_CHANNELS: 256
            ASPP_DILATIONS: [6, 12, 18]
            ASPP_DROPOUT: 0.1
            USE_DEPTHWISE_SEPARABLE_CONV: false
        """

    /// MODEL.BACKBONE, RESNETS, STDC and SWIN.
    static let backbones = """
        MODEL:
          BACKBONE:
            NAME: build_resnet_backbone
            FREEZE_AT: 2
          RESNETS:
            DEPTH: 50
            OUT_FEATURES: [res4]
            NUM_GROUPS: 1
            NORM: FrozenBN
            WIDTH_PER_GROUP: 64
            STRIDE_IN_1X1: true
            RES4_DILATION: 1
            RES5_DILATION: 1
            RES5_MULTI_GRID: [1, 2, 4]
            RES2_OUT_CHANNELS: 256
            STEM_TYPE: deeplab
            STEM_OUT_CHANNELS: 64
            DEFORM_ON_PER_STAGE: [false, false, false, false]
            DEFORM_MODULATED: false
            DEFORM_NUM_GROUPS: 1
          STDC:
            LAYERS: [2, 2, 2]
            BLOCK_NUM: 4
            BLOCK_TIPE: cat
            USE_CONV_LAST: false
            NORM: SyncBN
            OUT_FEATURES: [res2, res3, res4, res5]
          SWIN:
            PRETRAIN_IMG_SIZE: 224
            PATCH_SIZE: 4
            EMBED_DIM: 96
            DEPTHS: [2, 2, 6, 2]
            NUM_HEADS: [3, 6, 12, 24]
            WINDOW_SIZE: 7
            MLP_RATIO: 4.0
            QKV_BIAS: true
            QK_SCALE: null
            DROP_RATE: 0.0
            ATTN_DROP_RATE: 0.0
            DROP_PATH_RATE: 0.3
            APE: false
            PATCH_NORM: true
            OUT_FEATURES: [res2, res3, res4, res5]
            USE_CHECKPOINT: false
        """
}
