import Annotations

/// How predictions are made of a network's output.
package struct InferenceConfiguration: Sendable, Equatable {
    /// Class scores are averaged over resized and mirrored images.
    package struct Augmentation: Sendable, Equatable {
        /// Whether they are.
        package var isEnabled = false
        /// Shortest sides.
        package var minSizes: [Int] = []
        /// The longest side.
        package var maxSize = 0
        /// Whether each size is also seen mirrored.
        package var flips = true
        /// Of the sides that images have in evaluation; where there are any, sizes are by mmsegmentation's rule, and
        /// probabilities are averaged.
        package var ratios: [Double] = []
    }

    /// The network sees an image through windows, and class scores are averaged where they overlap.
    package struct Slide: Sendable, Equatable {
        /// Whether it does.
        package var isEnabled = false
        /// Height and width of a window in pixels of the network's image.
        package var window = [1, 1]
        /// From one window to the next, down and to the right.
        package var stride = [1, 1]
    }

    /// Label maps are wanted.
    package var semantic = true
    /// Instances are wanted.
    package var instance = false
    /// Panoptic maps are wanted.
    package var panoptic = false
    /// The least class score of a query that becomes a segment.
    package var objectMaskThreshold: Float = 0
    /// The least part of a mask that must be left after the arg-max.
    package var overlapThreshold: Float = 0
    /// Masks are resized to the original size before the classes are mixed. The official code does so when asked, and
    /// whenever panoptic or instance results are on.
    package var resizesMasksBeforeMixing = false
    /// Instances of an image, the best ones.
    package var detectionsPerImage = 100
    /// TEST.AUG.
    package var augmentation = Augmentation()
    /// TEST.SLIDE.
    package var slide = Slide()

    /// Label maps alone.
    package init() {}

    /// What is wanted; label maps where nothing is.
    package var tasks: InferenceTasks {
        var tasks: InferenceTasks = []
        if semantic { tasks.insert(.semantic) }
        if panoptic { tasks.insert(.panoptic) }
        if instance { tasks.insert(.instance) }
        return tasks.isEmpty ? .semantic : tasks
    }
}
