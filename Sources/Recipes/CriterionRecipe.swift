import Criteria

extension SetCriterion.Configuration {
    /// The loss that a configuration asks for.
    package init(_ run: RunConfiguration) {
        self.init()
        let criterion = run.criterion
        weights.classification = Float(criterion.classWeight)
        weights.mask = Float(criterion.maskWeight)
        weights.dice = Float(criterion.diceWeight)
        noObjectWeight = Float(criterion.noObjectWeight)
        supervisesAuxiliaryOutputs = criterion.deepSupervision
        sampling.pointCount = criterion.pointCount
        sampling.oversampling = criterion.oversampleRatio
        sampling.importance = criterion.importanceSampleRatio
    }
}
