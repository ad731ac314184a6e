/// The augmentation of the official mappers, its steps in their order (INPUT).
package struct StandardAugmentation: Sendable, Equatable {
    /// MIN_SIZE_TRAIN, MIN_SIZE_TRAIN_SAMPLING and MAX_SIZE_TRAIN.
    package var resize: ResizeShortestEdge
    /// CROP: a random window; nil keeps the image whole.
    package var crop: RandomCrop?
    /// COLOR_AUG_SSD: whether brightness, contrast, saturation and hue change at random.
    package var colorAugmentation: Bool
    /// RANDOM_FLIP.
    package var randomFlip: Flip
    /// SIZE_DIVISIBILITY where it is positive: images become squares of this side, padded on the right and below
    /// with grey (128) and the ignore label, or cut.
    package var sizeDivisibility: Int?
    /// PAD_TO_CROP: images smaller than an absolute crop are padded to its size in the same way (not in the official
    /// code).
    package var padsToCrop: Bool

    /// Defaults are the official ones.
    package init(
        resize: ResizeShortestEdge, crop: RandomCrop?, colorAugmentation: Bool = true,
        randomFlip: Flip = .horizontal, sizeDivisibility: Int? = nil, padsToCrop: Bool = false
    ) {
        self.resize = resize
        self.crop = crop
        self.colorAugmentation = colorAugmentation
        self.randomFlip = randomFlip
        self.sizeDivisibility = sizeDivisibility
        self.padsToCrop = padsToCrop
    }
}
