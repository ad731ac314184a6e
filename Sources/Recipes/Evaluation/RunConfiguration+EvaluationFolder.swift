import Configurations
import Foundation

extension RunConfiguration {
    /// Where the results of these weights go without --output: into a folder of their own in the run's, so that a
    /// training that writes there is left alone. Averaged scores (TEST.AUG, TEST.SLIDE) do not replace plain ones.
    package func evaluationFolder(weights: String) -> String {
        let name = ((weights as NSString).lastPathComponent as NSString).deletingPathExtension
        let inference = test.inference
        return outputDirectory + "/eval_" + name + (inference.augmentation.isEnabled ? "_TTA" : "")
            + (inference.slide.isEnabled ? "_slide" : "")
    }
}
