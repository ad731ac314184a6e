/// The augmentation of the official mappers, its steps in their order (INPUT).
package struct StandardAugmentation: Sendable, Equatable {
    /// MIN_SIZE_TRAIN, MIN_SIZE_TRAIN_SAMPLING and MAX_SIZE_TRAIN.
    package var resize: ResizeShortestEdge
    /// RESIZE_TRAIN where it takes a random scale; `resize` is not used then.
    package var scaledResize: ScaledResize?
    /// RESAMPLING.
    package var resampling = Resampling.pillow
    /// CROP: a random window; nil keeps the image whole.
    package var crop: RandomCrop?
    /// COLOR_AUG_SSD: whether brightness, contrast, saturation and hue change at random.
    package var colorAugmentation: Bool
    /// COLOR_AUG_SSD_HUE: the turns of the hue to draw from.
    package var hues = ColorAugmentation.hues
    /// RANDOM_FLIP.
    package var randomFlip: Flip
    /// SIZE_DIVISIBILITY where it is positive: images become squares of this side, padded on the right and below
    /// or cut.
    package var sizeDivisibility: Int?
    /// PAD_TO_CROP: images smaller than an absolute crop are padded to its size (not in PEM's official code).
    package var padsToCrop: Bool
    /// PADDING.
    package var padding = Padding.grey

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
