extension ConfigurationSchema {
    /// INPUT. PAD_TO_CROP is ours: pad a training image to the crop size, whatever SIZE_DIVISIBILITY says.
    static let input = """
        INPUT:
          DATASET_MAPPER_NAME: mask_former_semantic
          FORMAT: BGR
          MIN_SIZE_TRAIN: [800]
          MIN_SIZE_TRAIN_SAMPLING: choice
          MAX_SIZE_TRAIN: 1333
          MIN_SIZE_TEST: 800
          MAX_SIZE_TEST: 1333
          RANDOM_FLIP: horizontal
          COLOR_AUG_SSD: false
          SIZE_DIVISIBILITY: -1
          PAD_TO_CROP: false
          CROP:
            ENABLED: false
            TYPE: relative_range
            SIZE: [0.9, 0.9]
            SINGLE_CATEGORY_MAX_AREA: 1.0
          MASK_FORMAT: polygon
          IMAGE_SIZE: 1024
          MIN_SCALE: 0.1
          MAX_SCALE: 2.0
        """

    /// DATASETS and DATALOADER. ROOT is ours: the folder that holds the data sets; empty means the
    /// environment's DETECTRON2_DATASETS, else Datasets.
    static let datasets = """
        DATASETS:
          ROOT: ""
          TRAIN: []
          TEST: []
          PROPOSAL_FILES_TRAIN: []
          PRECOMPUTED_PROPOSAL_TOPK_TRAIN: 2000
          PROPOSAL_FILES_TEST: []
          PRECOMPUTED_PROPOSAL_TOPK_TEST: 1000
        DATALOADER:
          NUM_WORKERS: 4
          ASPECT_RATIO_GROUPING: true
          SAMPLER_TRAIN: TrainingSampler
          REPEAT_THRESHOLD: 0.0
          REPEAT_SQRT: true
          FILTER_EMPTY_ANNOTATIONS: true
        """
}
