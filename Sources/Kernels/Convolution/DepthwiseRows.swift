import CKernels
import Tensors

/// The pixels of a depthwise convolution and its epilogue, made a few at a time for the steps that follow.
package struct DepthwiseRows {
    private let x: Tensor
    private let weight: Tensor
    private let sizes: depthwise_shape
    private let epilogue: Epilogue
    /// [B, H′, W′, C].
    let shape: [Int]

    /// The convolution of x [B, H, W, C] with weight [kh, kw, C]; the epilogue adds no residual.
    package init(_ x: Tensor, weight: Tensor, _ geometry: ConvolutionGeometry, epilogue: Epilogue) {
        let size = geometry.outputSize(height: x.shape[1], width: x.shape[2])
        shape = [x.shape[0], size.height, size.width, x.shape[3]]
        sizes = depthwiseShape("DepthwiseRows", input: x.shape, output: shape, weight: weight.shape, geometry)
        epilogue.check("DepthwiseRows", outputShape: shape)
        precondition(epilogue.residual == nil, "DepthwiseRows: a residual, whose rows lie elsewhere")
        (self.x, self.weight, self.epilogue) = (x, weight, epilogue)
    }

    /// Writes pixels to y [rows, C], on the calling thread.
    func write(_ rows: Range<Int>, to y: UnsafeMutablePointer<Float>) {
        let (width, channels) = (shape[2], shape[3])
        var (sizes, epilogue, row) = (sizes, epilogue.kernelView(), rows.lowerBound)
        while row < rows.upperBound {
            let (line, first) = (row / width, row % width)
            let last = min(width, first + rows.upperBound - row)
            pk_depthwise_forward(
                &sizes, x.data, weight.data, line, line + 1, first, last, &epilogue,
                y + (row - rows.lowerBound) * channels, channels)
            row += last - first
        }
        withExtendedLifetime(self) {}
    }
}

/// What becomes of the pixels of a depthwise convolution after `steps`; see `stream(_:through:residual:)`. The
/// convolution's result is never a whole map either.
package func stream(_ convolution: DepthwiseRows, through steps: [RowStep], residual: Tensor? = nil) -> Tensor {
    stream(shape: convolution.shape, through: RowSteps(steps, inputs: convolution.shape[3]), residual: residual) {
        rows, pass in
        let scratch = Tensor(uninitialized: [rows.count, convolution.shape[3]])
        convolution.write(rows, to: scratch.data)
        pass(scratch.data)
        withExtendedLifetime(scratch) {}
    }
}
