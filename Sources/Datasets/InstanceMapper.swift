import Annotations
import Images

/// From a data set's objects to training samples: one segment for each that is no crowd, in their order; they
/// may overlap. With the standard augmentation the official mask_former_instance_dataset_mapper.py, with
/// jitter coco_instance_new_baseline_dataset_mapper.py. A pure function of (data set, configuration, seed,
/// epoch, index).
package struct InstanceMapper: TrainingMapper, Equatable {
    /// What happens to an image.
    package let augmentation: Augmentation

    /// A mapper; it holds no state but its configuration.
    package init(_ augmentation: Augmentation) {
        switch augmentation {
        case .standard(var configuration):
            // PARITY: the official mapper crops without looking at classes, and always flips left and right.
            configuration.crop = configuration.crop.map { RandomCrop(size: $0.size) }
            configuration.flip = .horizontal
            self.augmentation = .standard(configuration)
        case .jitter: self.augmentation = augmentation
        }
    }

    /// The sample `index` of `dataset` as it is seen in `epoch`. Throws `ImageError`, `DatasetError` and
    /// `MaskError`, which name the file; also for an image without a list of objects.
    package func sample(
        of dataset: SegmentationDataset, seed: UInt64, epoch: Int, index: Int
    ) throws -> TrainingSample {
        let item = dataset.items[index]
        let image = try dataset.image(of: item)
        let truth = try dataset.requiredInstances(of: item, height: image.height, width: image.width)
        var random = SampleRandom(seed: seed, epoch: epoch, index: index)
        let decided = SampleAugmentation(
            augmentation, height: image.height, width: image.width, ignoreLabel: dataset.classes.ignoreLabel,
            random: &random)
        return TrainingSample(
            image: decided.apply(to: image), targets: try targets(truth, decided), labels: nil,
            path: item.imagePath)
    }

    private func targets(_ truth: InstanceTruth, _ decided: SampleAugmentation) throws -> MaskTargets {
        // PARITY: crowds are nobody's segment, and so background to every query.
        let wanted = truth.objects.filter { !$0.isCrowd }
        var maps = SegmentLayers(height: truth.height, width: truth.width)
        var outlines: [(segment: Int, polygons: [[Double]])] = []
        for (segment, object) in wanted.enumerated() {
            switch object.shape {
            case .mask(let mask): maps.add(Int32(segment), mask)
            case .polygons(let polygons): outlines.append((segment, decided.apply(to: polygons)))
            }
        }
        let size = decided.resultSize
        // Masks move as pictures of 8 bits do, through Pillow; polygons are drawn where they have come to lie.
        var layers = SegmentLayers(
            height: size.height, width: size.width,
            layers: maps.layers.map { layer in
                let numbers = LabelImage(
                    width: truth.width, height: truth.height, values: layer.map { UInt16($0 + 1) })
                return decided.apply(to: numbers, fill: 0, rule: .pillow).values.map { Int32($0) - 1 }
            })
        for outline in outlines {
            layers.add(
                Int32(outline.segment),
                try RunLengthMask(
                    height: size.height, width: size.width, polygons: outline.polygons, place: truth.path))
        }
        return targets(wanted.map(\.classNumber), layers, gone: gone(wanted, outlines, layers))
    }

    /// What the official jitter leaves out: outlines that are cut to less than a speck, and masks without a pixel.
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
        var places = [Int32](repeating: -1, count: classes.count)
        let kept = classes.indices.filter { !gone.contains($0) }
        for (place, segment) in kept.enumerated() { places[segment] = Int32(place) }
        return MaskTargets(
            classes: kept.map { classes[$0] }, height: layers.height, width: layers.width,
            layers: layers.layers.map { layer in layer.map { $0 < 0 ? -1 : places[Int($0)] } })
    }
}
