/// DETR's augmentation (MaskFormer's detr_panoptic_dataset_mapper.py): an image is mirrored half of the time, then
/// resized; or, where it is cropped, half of the time resized to a smaller size, cropped, and then resized.
package struct DETRAugmentation: Sendable, Equatable {
    /// INPUT.MIN_SIZE_TRAIN, MIN_SIZE_TRAIN_SAMPLING and MAX_SIZE_TRAIN: the last step.
    package let resize: ResizeShortestEdge
    /// INPUT.CROP; classes are not looked at. Nil: images stay whole.
    package let crop: RandomCrop?

    /// Before a crop; the longest side is free.
    static let firstResize = ResizeShortestEdge(minSizes: [400, 500, 600], maxSize: .max)

    package init(resize: ResizeShortestEdge, crop: RandomCrop?) {
        self.resize = resize
        self.crop = crop
    }
}
