import Datasets
import Images

extension RunConfiguration.Test.Augmentation {
    /// What the network sees of a picture: each size, and after it the same mirrored (detectron2's
    /// DatasetMapperTTA). Sizes are made, one at a time, from the picture as the network gets it without
    /// augmentation.
    func views(of image: RGBImage) -> some Sequence<(image: RGBImage, isMirrored: Bool)> {
        let resize = ResizeShortestEdge(lengths: minSizes, maxSize: maxSize)
        return minSizes.lazy.flatMap { length in
            let size = resize.size(height: image.height, width: image.width, length: length)
            let resized = image.resized(width: size.width, height: size.height)
            let mirrored = flips ? [(image: resized.flippedHorizontally(), isMirrored: true)] : []
            return [(image: resized, isMirrored: false)] + mirrored
        }
    }
}
