/// What was predicted for one image beside what is true of it, by the data set's own numbers. Nil is what was not
/// predicted or is not known; `place` names the image or its file in errors.
package struct EvaluationImage: Sendable {
    /// Class numbers, row by row.
    package var labels: (prediction: [UInt16], truth: [UInt16], width: Int, place: String)?
    /// Segments.
    package var segments: (prediction: PanopticMap, truth: PanopticMap)?
    /// Instances as COCO has them.
    package var instances:
        (predictions: [InstanceEvaluator.Prediction], truth: [InstanceEvaluator.Truth], place: String)?
    /// Cityscapes' labelIds, and the true instanceIds.
    package var cityscapesLabels: (prediction: [UInt16], truth: [UInt16], instances: [UInt16], place: String)?
    /// Predicted instances, and Cityscapes' true instanceIds.
    package var cityscapesInstances:
        (predictions: [CityscapesInstanceEvaluator.Prediction], truth: [UInt16], place: String)?

    /// An image of which nothing is known.
    package init() {}
}
