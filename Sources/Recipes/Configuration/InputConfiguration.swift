import Annotations
import ConfigFiles
import Datasets

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

        /// How a training sample is made.
        package let mapper: Mapper
        /// The order of the channels that the network wants.
        package let format: Format
        /// What happens to a training image, where the mapper does not jitter.
        package let augmentation: StandardAugmentation
        /// What happens to a training image, where it does.
        package let jitter: LargeScaleJitter
        /// What happens to an image in evaluation.
        package let evaluation: EvaluationMapper

        init(_ reader: ConfigReader) throws {
            mapper = try reader.choice(
                "INPUT.DATASET_MAPPER_NAME",
                [
                    "mask_former_semantic": .semantic, "mask_former_panoptic": .panoptic,
                    "mask_former_instance": .instance, "coco_instance_lsj": .jitteredInstance,
                    "coco_panoptic_lsj": .jitteredPanoptic, "detr_panoptic": .detrPanoptic,
                ])
            format = try reader.choice("INPUT.FORMAT", ["RGB": .rgb, "BGR": .bgr])
            augmentation = try StandardAugmentation(reader)
            jitter = try LargeScaleJitter(reader, randomFlip: augmentation.randomFlip)
            evaluation = EvaluationMapper(
                minSize: try reader.integer("INPUT.MIN_SIZE_TEST", in: 0...65_536),
                maxSize: try reader.integer("INPUT.MAX_SIZE_TEST", in: 1...1_000_000))
        }
    }
}

extension StandardAugmentation {
    fileprivate init(_ reader: ConfigReader) throws {
        let minSizes = try reader.integers("INPUT.MIN_SIZE_TRAIN", count: 1...10_000, in: 1...65_536)
        let sampling: ResizeShortestEdge.Sampling = try reader.choice(
            "INPUT.MIN_SIZE_TRAIN_SAMPLING", ["choice": .choice, "range": .range])
        if sampling == .range, minSizes.count != 2 || minSizes[0] > minSizes[1] {
            throw reader.invalid(
                "INPUT.MIN_SIZE_TRAIN", "expected the smallest and the largest, since sampling is by range")
        }
        let maxSize = try reader.integer("INPUT.MAX_SIZE_TRAIN", in: 1...1_000_000)
        let sizeDivisibility = try reader.integer("INPUT.SIZE_DIVISIBILITY", in: -1...65_536)
        self.init(
            resize: ResizeShortestEdge(minSizes: minSizes, sampling: sampling, maxSize: maxSize),
            crop: try RandomCrop(reader), colorAugmentation: try reader.boolean("INPUT.COLOR_AUG_SSD"),
            randomFlip: try reader.choice(
                "INPUT.RANDOM_FLIP", ["none": .none, "horizontal": .horizontal, "vertical": .vertical]),
            sizeDivisibility: sizeDivisibility > 0 ? sizeDivisibility : nil,
            padsToCrop: try reader.boolean("INPUT.PAD_TO_CROP"))
        if padsToCrop, crop == nil {
            throw reader.invalid("INPUT.PAD_TO_CROP", "needs INPUT.CROP.ENABLED True and a crop size")
        }
    }
}

extension LargeScaleJitter {
    fileprivate init(_ reader: ConfigReader, randomFlip: Flip) throws {
        let smallest = try reader.real("INPUT.MIN_SCALE", in: 0.001...1000)
        let largest = try reader.real("INPUT.MAX_SCALE", in: smallest...1000)
        self.init(
            imageSize: try reader.integer("INPUT.IMAGE_SIZE", in: 1...65_536), scales: smallest...largest,
            randomFlip: randomFlip)
    }
}

extension RandomCrop {
    /// Nil where INPUT.CROP.ENABLED is false.
    fileprivate init?(_ reader: ConfigReader) throws {
        let key = "INPUT.CROP.SIZE"
        func sides() throws -> [Int] { try reader.integers(key, count: 2...2, in: 1...65_536) }
        func shares() throws -> [Double] { try reader.reals(key, count: 2...2, in: 0.001...1) }
        let size = try reader.choice(
            "INPUT.CROP.TYPE",
            [
                "absolute": {
                    let sides = try sides()
                    return Size.absolute(ImageSize(height: sides[0], width: sides[1]))
                },
                "absolute_range": {
                    let sides = try sides()
                    guard sides[0] <= sides[1] else {
                        throw reader.invalid(key, "expected the smaller side first")
                    }
                    return .absoluteRange(smallest: sides[0], largest: sides[1])
                },
                "relative": {
                    let shares = try shares()
                    return .relative(height: shares[0], width: shares[1])
                },
                "relative_range": {
                    let shares = try shares()
                    return .relativeRange(height: shares[0], width: shares[1])
                },
            ] as KeyValuePairs<String, () throws -> Size>)()
        self.init(
            size: size,
            singleCategoryMaxArea: try reader.real("INPUT.CROP.SINGLE_CATEGORY_MAX_AREA", in: 0...1))
        if !(try reader.boolean("INPUT.CROP.ENABLED")) { return nil }
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
