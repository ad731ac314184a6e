import Annotations
import Images

/// Makes training samples of objects: one segment for each that is no crowd region, in their order; they may overlap.
/// With the standard augmentation the official mask_former_instance_dataset_mapper.py, with jitter
/// coco_instance_new_baseline_dataset_mapper.py.
package struct InstanceMapper: TrainingMapper, Equatable {
    package let augmentation: Augmentation

    package init(_ augmentation: Augmentation) {
        switch augmentation {
        case .standard(var standard):
            // PARITY: the official mapper crops without looking at classes, and always flips left and right.
            standard.crop = standard.crop.map { RandomCrop(size: $0.size) }
            standard.randomFlip = .horizontal
            self.augmentation = .standard(standard)
        case .jitter: self.augmentation = augmentation
        case .detr: preconditionFailure("InstanceMapper: DETR's augmentation is for panoptic segments")
        }
    }

    /// The sample `index` of `dataset` as it is seen in `epoch`. Throws `InputError`, `DatasetError` and
    /// `InputError`, which name the file; also for an image without a list of objects.
    package func sample(
        of dataset: SegmentationDataset, seed: UInt64, epoch: Int, index: Int
    ) throws -> TrainingSample {
        let item = dataset.items[index]
        let image = try dataset.image(of: item)
        let truth = try dataset.requiredInstances(of: item, image.size)
        var random = SampleRandom(seed: seed, epoch: epoch, index: index)
        return try sample(
            of: AnnotatedImage(image, instances: truth, path: item.imagePath), classes: dataset.classes,
            random: &random)
    }

    /// The sample of a picture with objects. Throws `InputError` where it has none.
    package func sample(
        of annotated: AnnotatedImage, classes: ClassTable, random: inout SampleRandom
    ) throws -> TrainingSample {
        let truth = try annotated.required(\.instances, "objects")
        let drawn = SampleAugmentation(
            augmentation, annotated.image.size, ignoreLabel: classes.ignoreLabel, random: &random)
        return TrainingSample(
            image: drawn.apply(to: annotated.image), targets: try targets(truth, drawn), labels: nil,
            path: annotated.path)
    }

    private func targets(_ truth: InstanceTruth, _ drawn: SampleAugmentation) throws -> MaskTargets {
        // PARITY: crowd regions are no segment, and so background to every query.
        let wanted = truth.objects.filter { !$0.isCrowd }
        var maps = SegmentLayers(truth.size)
        var outlines: [(segment: Int, polygons: [[Double]])] = []
        for (segment, object) in wanted.enumerated() {
            switch object.shape {
            case .mask(let mask): maps.add(Int32(segment), mask)
            case .polygons(let polygons): outlines.append((segment, drawn.apply(to: polygons)))
            }
        }
        let size = drawn.resultSize
        // Masks are resized as 8-bit pictures, through Pillow; polygons are moved, then drawn.
        var layers = SegmentLayers(
            size,
            layers: maps.layers.map { layer in
                let numbers = LabelImage(size: truth.size, values: layer.map { UInt16($0 + 1) })
                return drawn.apply(to: numbers, fill: 0, rule: .pillow).values.map { Int32($0) - 1 }
            })
        for outline in outlines {
            layers.add(
                Int32(outline.segment),
                try RunLengthMask(
                    height: size.height, width: size.width, polygons: outline.polygons, place: truth.path))
        }
        return targets(wanted.map(\.classNumber), layers, gone: gone(wanted, outlines, layers))
    }

    /// What the official jitter leaves out: outlines that the crop left without extent, and masks without a pixel.
    /// The standard augmentation keeps both, as empty masks.
    private func gone(
        _ wanted: [InstanceTruth.Object], _ outlines: [(segment: Int, polygons: [[Double]])],
        _ layers: SegmentLayers
    ) -> Set<Int> {
        guard case .jitter = augmentation else { return [] }
        var left = Set(layers.layers.joined().map { Int($0) })
        for outline in outlines {
            let values = outline.polygons.joined().enumerated()
            let spans = [0, 1].map { axis in
                let axisValues = values.filter { $0.offset % 2 == axis }.map(\.element)
                return (axisValues.max() ?? 0) - (axisValues.min() ?? 0)
            }
            if spans.allSatisfy({ $0 > 1e-5 }) { left.insert(outline.segment) } else { left.remove(outline.segment) }
        }
        return Set(wanted.indices).subtracting(left)
    }

    private func targets(_ classes: [Int], _ layers: SegmentLayers, gone: Set<Int>) -> MaskTargets {
        var positions = [Int32](repeating: -1, count: classes.count)
        let kept = classes.indices.filter { !gone.contains($0) }
        for (position, segment) in kept.enumerated() { positions[segment] = Int32(position) }
        return MaskTargets(
            classes: kept.map { classes[$0] }, height: layers.size.height, width: layers.size.width,
            layers: layers.layers.map { layer in layer.map { $0 < 0 ? -1 : positions[Int($0)] } })
    }
}
