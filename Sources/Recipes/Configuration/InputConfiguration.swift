import ConfigFiles

extension RunConfiguration {
    /// Images on their way to the network (INPUT).
    package struct Input: Sendable, Equatable {
        /// How a training sample is made (INPUT.DATASET_MAPPER_NAME).
        package enum Mapper: Sendable, Equatable {
            case semantic, panoptic, instance
            /// Large-scale jitter (COCO).
            case jitteredInstance, jitteredPanoptic
            /// DETR's augmentation (MaskFormer on COCO).
            case detrPanoptic
        }
        /// The order of the channels that the network wants.
        package enum Format: Sendable, Equatable { case rgb, bgr }
        /// How a length is drawn from `minSizeTrain`: one of the list, or from the range of two.
        package enum Sampling: Sendable, Equatable { case choice, range }
        /// The flip of augmentation, with a probability of one half.
        package enum Flip: Sendable, Equatable { case none, horizontal, vertical }

        /// How a training sample is made.
        package let mapper: Mapper
        /// The order of the channels that the network wants.
        package let format: Format
        /// Shortest sides in training: one of them (`choice`), or anything between two (`range`).
        package let minSizeTrain: [Int]
        /// How a length is drawn from `minSizeTrain`.
        package let minSizeTrainSampling: Sampling
        /// Longest side in training.
        package let maxSizeTrain: Int
        /// Shortest and longest side in evaluation; a shortest side of 0 leaves images as they are.
        package let minSizeTest: Int
        /// The longest side in evaluation, in pixels.
        package let maxSizeTest: Int
        /// Nil where images aren't cropped.
        package let crop: Crop?
        /// SSD colour distortion in training.
        package let colorAugmentation: Bool
        /// The flip of augmentation.
        package let randomFlip: Flip
        /// Training images are padded to this many rows and columns (SIZE_DIVISIBILITY in the official
        /// mapper); nil: not.
        package let sizeDivisibility: Int?
        /// Training images smaller than the crop are padded to it.
        package let padsToCrop: Bool
        /// Large-scale jitter: size of the square, and the range of scales.
        package let jitterImageSize: Int
        /// Scales of large-scale jitter.
        package let jitterScales: ClosedRange<Double>

        /// INPUT.CROP.
        package struct Crop: Sendable, Equatable {
            /// What SIZE means (INPUT.CROP.TYPE).
            package enum Size: Sendable, Equatable {
                case absolute(height: Int, width: Int)
                /// Each side at random between the two.
                case absoluteRange(smallest: Int, largest: Int)
                /// Shares of the image's height and width.
                case relative(height: Double, width: Double)
                /// Shares at random between these and 1.
                case relativeRange(height: Double, width: Double)
            }

            /// Height and width of the crop.
            package let size: Size
            /// A crop is drawn again when one class covers more of it than this (1: never).
            package let singleCategoryMaxArea: Double
        }

        init(_ reader: ConfigReader) throws {
            mapper = try reader.choice(
                "INPUT.DATASET_MAPPER_NAME",
                [
                    "mask_former_semantic": .semantic, "mask_former_panoptic": .panoptic,
                    "mask_former_instance": .instance, "coco_instance_lsj": .jitteredInstance,
                    "coco_panoptic_lsj": .jitteredPanoptic, "detr_panoptic": .detrPanoptic,
                ])
            format = try reader.choice("INPUT.FORMAT", ["RGB": .rgb, "BGR": .bgr])
            minSizeTrain = try reader.integers("INPUT.MIN_SIZE_TRAIN", count: 1...10_000, in: 1...65_536)
            minSizeTrainSampling = try reader.choice(
                "INPUT.MIN_SIZE_TRAIN_SAMPLING", ["choice": .choice, "range": .range])
            if minSizeTrainSampling == .range, minSizeTrain.count != 2 || minSizeTrain[0] > minSizeTrain[1] {
                throw reader.invalid(
                    "INPUT.MIN_SIZE_TRAIN",
                    "expected the smallest and the largest, since sampling is by range")
            }
            maxSizeTrain = try reader.integer("INPUT.MAX_SIZE_TRAIN", in: 1...1_000_000)
            minSizeTest = try reader.integer("INPUT.MIN_SIZE_TEST", in: 0...65_536)
            maxSizeTest = try reader.integer("INPUT.MAX_SIZE_TEST", in: 1...1_000_000)
            crop = try Crop(reader)
            colorAugmentation = try reader.boolean("INPUT.COLOR_AUG_SSD")
            randomFlip = try reader.choice(
                "INPUT.RANDOM_FLIP", ["none": .none, "horizontal": .horizontal, "vertical": .vertical])
            let divisibility = try reader.integer("INPUT.SIZE_DIVISIBILITY", in: -1...65_536)
            sizeDivisibility = divisibility > 0 ? divisibility : nil
            padsToCrop = try reader.boolean("INPUT.PAD_TO_CROP")
            jitterImageSize = try reader.integer("INPUT.IMAGE_SIZE", in: 1...65_536)
            let smallest = try reader.real("INPUT.MIN_SCALE", in: 0.001...1000)
            jitterScales = smallest...(try reader.real("INPUT.MAX_SCALE", in: smallest...1000))
            if padsToCrop, crop == nil {
                throw reader.invalid("INPUT.PAD_TO_CROP", "needs INPUT.CROP.ENABLED True and a crop size")
            }
        }
    }
}

extension RunConfiguration.Input.Crop {
    /// Nil where INPUT.CROP.ENABLED is false.
    fileprivate init?(_ reader: ConfigReader) throws {
        let enabled = try reader.boolean("INPUT.CROP.ENABLED")
        let key = "INPUT.CROP.SIZE"
        let pair = 2...2
        size = try reader.choice(
            "INPUT.CROP.TYPE",
            [
                "absolute": {
                    let sides = try reader.integers(key, count: pair, in: 1...65_536)
                    return Size.absolute(height: sides[0], width: sides[1])
                },
                "absolute_range": {
                    let sides = try reader.integers(key, count: pair, in: 1...65_536)
                    guard sides[0] <= sides[1] else {
                        throw reader.invalid(key, "expected the smaller side first")
                    }
                    return .absoluteRange(smallest: sides[0], largest: sides[1])
                },
                "relative": {
                    let shares = try reader.reals(key, count: pair, in: 0.001...1)
                    return .relative(height: shares[0], width: shares[1])
                },
                "relative_range": {
                    let shares = try reader.reals(key, count: pair, in: 0.001...1)
                    return .relativeRange(height: shares[0], width: shares[1])
                },
            ] as KeyValuePairs<String, () throws -> Size>)()
        singleCategoryMaxArea = try reader.real("INPUT.CROP.SINGLE_CATEGORY_MAX_AREA", in: 0...1)
        if !enabled { return nil }
    }
}

extension RunConfiguration {
    /// Which data (DATASETS, DATALOADER).
    package struct DatasetNames: Sendable, Equatable {
        /// The folder that holds the data sets; nil: the environment's DETECTRON2_DATASETS, else Datasets.
        package let root: String?
        /// Names such as `cityscapes_fine_sem_seg_train` or `folder:camvid.json:train`.
        package let train: [String]
        /// DATASETS.TEST.
        package let test: [String]
        /// Threads that read and augment images ahead of training.
        package let workerCount: Int
        /// Images in which a list has nothing to find are left out of training.
        package let filtersEmptyAnnotations: Bool

        init(_ reader: ConfigReader) throws {
            let root = try reader.text("DATASETS.ROOT")
            self.root = root.isEmpty ? nil : root
            train = try reader.texts("DATASETS.TRAIN")
            test = try reader.texts("DATASETS.TEST")
            workerCount = try reader.integer("DATALOADER.NUM_WORKERS", in: 0...1024)
            filtersEmptyAnnotations = try reader.boolean("DATALOADER.FILTER_EMPTY_ANNOTATIONS")
        }
    }
}
