import Annotations

/// The sizes that a prediction passes through on its way to the label map, and in which order.
package struct InferenceRequest: Sendable, Equatable {
    /// Size of the network's padded input.
    package var input: ImageSize
    /// Size of the image in it, at the upper left.
    package let image: ImageSize
    /// Size of the result: that of the original image.
    package let output: ImageSize
    /// Whether masks are resized to the output before classes are mixed (panoptic and instance
    /// configurations), or the mixed classes are resized (semantic alone). The two differ slightly, as they do
    /// in the official code.
    package let resizesMasksBeforeMixing: Bool

    /// Sizes in pixels.
    package init(input: ImageSize, image: ImageSize, output: ImageSize, resizesMasksBeforeMixing: Bool) {
        self.input = input
        self.image = image
        self.output = output
        self.resizesMasksBeforeMixing = resizesMasksBeforeMixing
    }
}
