import Annotations
import Datasets
import Images

extension InferenceConfiguration.Augmentation {
    /// What the network sees of a picture: each size, and after it the same mirrored (detectron2's
    /// DatasetMapperTTA). Sizes are made, one at a time, from the picture as the network gets it without
    /// augmentation.
    package func views(of image: Image<UInt8>) -> some Sequence<(image: Image<UInt8>, isMirrored: Bool)> {
        let resize = ResizeShortestEdge(minSizes: minSizes, maxSize: maxSize)
        return minSizes.lazy.flatMap { length in
            let resized = image.resized(to: resize.size(of: image.size, length: length))
            let mirrored = flips ? [(image: resized.flippedHorizontally(), isMirrored: true)] : []
            return [(image: resized, isMirrored: false)] + mirrored
        }
    }
}
