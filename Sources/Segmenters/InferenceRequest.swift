/// The sizes that a prediction passes through on its way to the label map, and in which order.
package struct InferenceRequest: Sendable, Equatable {
    /// Size of the network's padded input.
    package let inputHeight, inputWidth: Int
    /// Size of the image in it, at the upper left.
    package let imageHeight, imageWidth: Int
    /// Size of the result: that of the original image.
    package let outputHeight, outputWidth: Int
    /// Whether masks are resized to the output before classes are mixed (panoptic and instance
    /// configurations), or the mixed classes are resized (semantic alone). The two differ slightly, as they do
    /// in the official code.
    package let resizesMasksBeforeMixing: Bool

    /// Sizes in pixels.
    package init(
        inputHeight: Int, inputWidth: Int, imageHeight: Int, imageWidth: Int, outputHeight: Int, outputWidth: Int,
        resizesMasksBeforeMixing: Bool
    ) {
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.imageHeight = imageHeight
        self.imageWidth = imageWidth
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
        self.resizesMasksBeforeMixing = resizesMasksBeforeMixing
    }
}
