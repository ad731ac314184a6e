import Annotations
import ConfigFiles
import Datasets

/// Images on their way to the network (INPUT).
package struct InputConfiguration: Configurable, Sendable, Equatable {
    /// How a training sample is made.
    package enum Mapper: Sendable, Equatable {
        case semantic, panoptic, instance
        /// Large-scale jitter (COCO).
        case jitteredInstance, jitteredPanoptic
        /// DETR's augmentation (MaskFormer on COCO).
        case detrPanoptic
    }

    /// How a training sample is made.
    package var mapper = Mapper.semantic
    /// What happens to a training image, where the mapper does not jitter.
    package var augmentation = StandardAugmentation(resize: .init(minSizes: [800], maxSize: 1333), crop: nil)
    /// What happens to a training image, where it does.
    package var jitter = LargeScaleJitter(imageSize: 1024, scales: 0.1...2)
    /// What happens to an image in evaluation.
    package var evaluation = EvaluationMapper(minSize: 800, maxSize: 1333)

    /// detectron2's defaults.
    package init() {}

    package static var sections: [SettingSection<InputConfiguration>] {
        [
            SettingSection(
                "INPUT",
                [
                    .choice(
                        "DATASET_MAPPER_NAME", "mask_former_semantic", \.mapper,
                        [
                            "mask_former_semantic": .semantic, "mask_former_panoptic": .panoptic,
                            "mask_former_instance": .instance, "coco_instance_lsj": .jitteredInstance,
                            "coco_panoptic_lsj": .jitteredPanoptic, "detr_panoptic": .detrPanoptic,
                        ], "How training samples are made."),
                    .declared("FORMAT", "BGR", "The order of channels that the network wants, RGB or BGR."),
                    .declared("MIN_SIZE_TRAIN", [800], "Shortest sides in training."),
                    .declared(
                        "MIN_SIZE_TRAIN_SAMPLING", "choice", "Whether one of them is taken, or any between two (range)."
                    ),
                    .declared("MAX_SIZE_TRAIN", 1333, "Longest side in training."),
                    .declared(
                        "RESIZE_TRAIN", "shortest_edge",
                        "shortest_edge: MIN_SIZE_TRAIN and MAX_SIZE_TRAIN. Times a scale from MIN_SCALE to MAX_SCALE: "
                            + "scaled_bounds, to fit into both (mmsegmentation); scaled_longest_edge, the longest "
                            + "side is MAX_SIZE_TRAIN (PIDNet)."),
                    .declared("SCALE_STEP", 0.0, "From one scale of RESIZE_TRAIN to the next; 0: any."),
                    .choice(
                        "RESAMPLING", "pillow", \.augmentation.resampling, ["pillow": .pillow, "opencv": .openCV],
                        "Whose arithmetic resizes images, also in evaluation: pillow (detectron2) or opencv "
                            + "(mmsegmentation)."),
                    .declared("MIN_SIZE_TEST", 800, "Shortest side in evaluation; 0 leaves images as they are."),
                    .declared("MAX_SIZE_TEST", 1333, "Longest side in evaluation."),
                    .declared(
                        "ALIGN_TEST", 0,
                        "In evaluation a second resize makes both sides multiples of this (SegFormer's AlignedResize); "
                            + "0: none."),
                    .declared("RANDOM_FLIP", "horizontal", "none, horizontal or vertical, with a probability of 1/2."),
                    .boolean(
                        "COLOR_AUG_SSD", false, \.augmentation.colorAugmentation,
                        "SSD's colour distortion, mmsegmentation's PhotoMetricDistortion."),
                    .declared(
                        "COLOR_AUG_SSD_HUE", [-18, 18],
                        "The least and the largest turn of the hue, of 180 (mmsegmentation: to 17)."),
                    .declared("SIZE_DIVISIBILITY", -1, "Side of the square that training images are padded to, or −1."),
                    .boolean(
                        "PAD_TO_CROP", false, \.augmentation.padsToCrop,
                        "Whether training images smaller than the crop are padded to it."),
                    .choice(
                        "PADDING", "grey", \.augmentation.padding, ["grey": .grey, "black": .black, "mean": .mean],
                        "What training images are padded with: grey (128), black, or mean (0 after normalisation)."),
                ]),
            SettingSection(
                "INPUT.CROP",
                [
                    .declared("ENABLED", false, "Whether training images are cropped."),
                    .declared("TYPE", "relative_range", "absolute, absolute_range, relative or relative_range."),
                    .declared("SIZE", [0.9, 0.9], "Height and width of a crop, as TYPE has them."),
                    .declared(
                        "SINGLE_CATEGORY_MAX_AREA", 1.0,
                        "A crop is drawn again where one class covers more of it than this; 1: never."),
                    .declared("ATTEMPTS", 10, "Crops drawn at most (mmsegmentation: 11)."),
                ]),
            SettingSection(
                "INPUT",
                [
                    .declared("MASK_FORMAT", "polygon", "Without effect: masks are read as the list has them."),
                    .declared("IMAGE_SIZE", 1024, "Side of the square of large-scale jitter."),
                    .declared("MIN_SCALE", 0.1, "Least scale of large-scale jitter and of RESIZE_TRAIN."),
                    .declared("MAX_SCALE", 2.0, "Largest scale of large-scale jitter and of RESIZE_TRAIN."),
                ]),
        ]
    }

    package mutating func finish(_ reader: ConfigReader) throws {
        try augmentation.finish(reader)
        try requireStandardMapper(reader)
        jitter = try LargeScaleJitter(reader, randomFlip: augmentation.randomFlip)
        evaluation = EvaluationMapper(
            minSize: try reader.integer("INPUT.MIN_SIZE_TEST", in: 0...65_536),
            maxSize: try reader.integer("INPUT.MAX_SIZE_TEST", in: 1...1_000_000), resampling: augmentation.resampling,
            alignment: try reader.integer("INPUT.ALIGN_TEST", in: 0...65_536))
    }
}

extension InputConfiguration {
    /// Large-scale jitter and DETR's augmentation have a resize and a padding of their own.
    private func requireStandardMapper(_ reader: ConfigReader) throws {
        switch mapper {
        case .semantic, .panoptic, .instance: return
        case .jitteredInstance, .jitteredPanoptic, .detrPanoptic: break
        }
        let others = [
            ("RESIZE_TRAIN", augmentation.scaledResize != nil), ("RESAMPLING", augmentation.resampling != .pillow),
            ("PADDING", augmentation.padding != .grey),
        ]
        for (key, isSet) in others where isSet {
            throw reader.invalid(
                "INPUT." + key, "the mapper of INPUT.DATASET_MAPPER_NAME has its own",
                hint: "leave the key out, or take mask_former_semantic, mask_former_panoptic or mask_former_instance")
        }
    }
}

extension StandardAugmentation {
    fileprivate mutating func finish(_ reader: ConfigReader) throws {
        let minSizes = try reader.integers("INPUT.MIN_SIZE_TRAIN", count: 1...10_000, in: 1...65_536)
        let sampling: ResizeShortestEdge.Sampling = try reader.choice(
            "INPUT.MIN_SIZE_TRAIN_SAMPLING", ["choice": .choice, "range": .range])
        if sampling == .range, minSizes.count != 2 || minSizes[0] > minSizes[1] {
            throw reader.invalid(
                "INPUT.MIN_SIZE_TRAIN", "expected the smallest and the largest, since sampling is by range")
        }
        resize = ResizeShortestEdge(
            minSizes: minSizes, sampling: sampling,
            maxSize: try reader.integer("INPUT.MAX_SIZE_TRAIN", in: 1...1_000_000))
        scaledResize = try ScaledResize(reader, resize)
        let hues = try reader.integers("INPUT.COLOR_AUG_SSD_HUE", count: 2...2, in: -180...180)
        guard hues[0] <= hues[1] else {
            throw reader.invalid("INPUT.COLOR_AUG_SSD_HUE", "expected the least turn and the largest")
        }
        self.hues = hues[0]...hues[1]
        crop = try RandomCrop(reader)
        randomFlip = try reader.choice(
            "INPUT.RANDOM_FLIP", ["none": .none, "horizontal": .horizontal, "vertical": .vertical])
        let side = try reader.integer("INPUT.SIZE_DIVISIBILITY", in: -1...65_536)
        sizeDivisibility = side > 0 ? side : nil
        if padsToCrop, crop == nil {
            throw reader.invalid("INPUT.PAD_TO_CROP", "needs INPUT.CROP.ENABLED True and a crop size")
        }
    }
}

extension ScaledResize {
    /// Nil where INPUT.RESIZE_TRAIN is shortest_edge.
    fileprivate init?(_ reader: ConfigReader, _ resize: ResizeShortestEdge) throws {
        let key = "INPUT.RESIZE_TRAIN"
        let sides: Sides? = try reader.choice(
            key,
            [
                "shortest_edge": nil, "scaled_bounds": .bounds(longest: resize.maxSize, shortest: resize.minSizes[0]),
                "scaled_longest_edge": .longest(resize.maxSize),
            ])
        let step = try reader.real("INPUT.SCALE_STEP", in: 0...1000)
        guard let sides else { return nil }
        if case .bounds = sides, resize.minSizes.count > 1 {
            throw reader.invalid("INPUT.MIN_SIZE_TRAIN", "expected one side, since \(key) is scaled_bounds")
        }
        self.init(sides, scales: try reader.scales(), step: step)
    }
}

extension ConfigReader {
    fileprivate func scales() throws -> ClosedRange<Double> {
        let smallest = try real("INPUT.MIN_SCALE", in: 0.001...1000)
        return smallest...(try real("INPUT.MAX_SCALE", in: smallest...1000))
    }
}

extension LargeScaleJitter {
    fileprivate init(_ reader: ConfigReader, randomFlip: Flip) throws {
        self.init(
            imageSize: try reader.integer("INPUT.IMAGE_SIZE", in: 1...65_536), scales: try reader.scales(),
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
            singleCategoryMaxArea: try reader.real("INPUT.CROP.SINGLE_CATEGORY_MAX_AREA", in: 0...1),
            attempts: try reader.integer("INPUT.CROP.ATTEMPTS", in: 1...1_000_000))
        if !(try reader.boolean("INPUT.CROP.ENABLED")) { return nil }
    }
}
