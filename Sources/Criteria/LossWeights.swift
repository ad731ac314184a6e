/// What a wrong class, a wrong mask and a small overlap cost.
package struct LossWeights: Sendable, Equatable {
    /// MASK_FORMER.CLASS_WEIGHT.
    package var classification: Float = 2
    /// MASK_FORMER.MASK_WEIGHT.
    package var mask: Float = 5
    /// MASK_FORMER.DICE_WEIGHT.
    package var dice: Float = 5

    /// The values of every PEM configuration.
    package init() {}
}
