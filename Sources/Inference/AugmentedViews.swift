import Annotations
import Datasets
import Images

extension InferenceConfiguration.Augmentation {
    /// What the network sees of a picture: each size, and after it the same mirrored. Sizes are made, one at a time,
    /// from the picture as the network gets it without augmentation (detectron2's DatasetMapperTTA); those of ratios by
    /// `mapper` from the original (mmsegmentation's MultiScaleFlipAug).
    package func views(
        of image: Image<UInt8>, _ mapper: EvaluationMapper
    ) -> some Sequence<(image: Image<UInt8>, isMirrored: Bool)> {
        (0..<(ratios.isEmpty ? minSizes.count : ratios.count)).lazy.flatMap { index in
            let resized =
                ratios.isEmpty
                ? self.resized(image, shortest: minSizes[index], mapper.resampling)
                : mapper.resized(image, ratio: ratios[index])
            let mirrored = flips ? [(image: resized.flippedHorizontally(), isMirrored: true)] : []
            return [(image: resized, isMirrored: false)] + mirrored
        }
    }

    private func resized(_ image: Image<UInt8>, shortest: Int, _ resampling: Resampling) -> Image<UInt8> {
        let resize = ResizeShortestEdge(minSizes: minSizes, maxSize: maxSize)
        return resampling.resized(image, to: resize.size(of: image.size, length: shortest))
    }
}
