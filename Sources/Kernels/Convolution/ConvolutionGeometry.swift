/// How the window of a convolution lies on its input; both axes of the image are treated alike.
package struct ConvolutionGeometry: Sendable, Hashable {
    /// Rows of the kernel.
    package var kernelHeight: Int
    /// Columns of the kernel.
    package var kernelWidth: Int
    /// Step of the window, in input pixels.
    package var stride: Int
    /// Zeros around the input, in pixels on each side.
    package var padding: Int
    /// Distance of neighbouring taps, in input pixels.
    package var dilation: Int

    /// A square kernel.
    package init(kernel: Int = 1, stride: Int = 1, padding: Int = 0, dilation: Int = 1) {
        self.init(
            kernelHeight: kernel, kernelWidth: kernel, stride: stride, padding: padding, dilation: dilation)
    }

    /// Any kernel.
    package init(
        kernelHeight: Int, kernelWidth: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1
    ) {
        precondition(
            kernelHeight > 0 && kernelWidth > 0 && stride > 0 && padding >= 0 && dilation > 0,
            "convolution: kernel \(kernelHeight)×\(kernelWidth), stride \(stride), padding \(padding), "
                + "dilation \(dilation)")
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
    }

    /// The number of taps.
    package var taps: Int { kernelHeight * kernelWidth }

    /// Size of a convolution's output: ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1.
    package func outputSize(height: Int, width: Int) -> (height: Int, width: Int) {
        func size(_ input: Int, _ kernel: Int) -> Int {
            let span = input + 2 * padding - dilation * (kernel - 1) - 1
            precondition(span >= 0, "convolution: a window of \(self) does not fit \(height)×\(width) pixels")
            return span / stride + 1
        }
        return (size(height, kernelHeight), size(width, kernelWidth))
    }

    /// Height and width of a transposed convolution's output: (size − 1)·stride − 2·padding +
    /// dilation·(kernel − 1) + 1.
    package func transposedOutputSize(height: Int, width: Int) -> (height: Int, width: Int) {
        func size(_ input: Int, _ kernel: Int) -> Int {
            let result = (input - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
            precondition(result > 0, "transposed convolution: \(self) leaves nothing of \(height)×\(width) pixels")
            return result
        }
        return (size(height, kernelHeight), size(width, kernelWidth))
    }

    /// Offsets of the taps of one axis from the window's first pixel inside the padding, ascending.
    func tapOffsets(kernel: Int) -> [Int] { (0..<kernel).map { $0 * dilation - padding } }
}
