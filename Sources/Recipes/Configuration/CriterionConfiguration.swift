import ConfigFiles

extension RunConfiguration {
    /// The loss and the matching (MODEL.MASK_FORMER).
    package struct Criterion: Sendable, Equatable {
        /// MASK_FORMER.CLASS_WEIGHT: the weight of the class cost and loss.
        package let classWeight: Double
        /// MASK_FORMER.MASK_WEIGHT: the weight of the mask cross-entropy.
        package let maskWeight: Double
        /// MASK_FORMER.DICE_WEIGHT: the weight of dice.
        package let diceWeight: Double
        /// The weight of the no-object class in the class loss.
        package let noObjectWeight: Double
        /// Losses after every decoder layer, not only the last.
        package let deepSupervision: Bool
        /// Points at which masks are compared.
        package let pointCount: Int
        /// Candidates drawn for each point of the mask loss.
        package let oversampleRatio: Double
        /// The share of points taken from the most uncertain candidates.
        package let importanceSampleRatio: Double

        init(_ reader: ConfigReader) throws {
            let section = "MODEL.MASK_FORMER."
            classWeight = try reader.real(section + "CLASS_WEIGHT", in: 0...1e6)
            maskWeight = try reader.real(section + "MASK_WEIGHT", in: 0...1e6)
            diceWeight = try reader.real(section + "DICE_WEIGHT", in: 0...1e6)
            noObjectWeight = try reader.real(section + "NO_OBJECT_WEIGHT", in: 0...1e6)
            deepSupervision = try reader.boolean(section + "DEEP_SUPERVISION")
            pointCount = try reader.integer(section + "TRAIN_NUM_POINTS", in: 1...10_000_000)
            oversampleRatio = try reader.real(section + "OVERSAMPLE_RATIO", in: 1...100)
            importanceSampleRatio = try reader.real(section + "IMPORTANCE_SAMPLE_RATIO", in: 0...1)
        }
    }
}
