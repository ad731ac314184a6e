import Tensors

/// Pixels of an image from which packing costs little beside the products.
private let manyPixels = 2048
/// Bytes of a form from which reading it costs as much as making it: weights of six points are four times as large.
private let manyBytes = 8 << 20

/// A convolution, or its transpose, with its weights in the order in which a kernel reads them.
enum ConvolutionForm: Sendable {
    case winograd(WinogradConvolution)
    case direct(PackedConvolution)

    /// By Winograd's algorithm where that applies and pays for an output of shape [B, H, W, …], else directly. What
    /// `kept` holds is not made again; it takes small forms that were made for images of few pixels. `transposing`
    /// leads from weight's O channels back to its I channels.
    static func of(
        _ weight: Tensor, _ geometry: ConvolutionGeometry, transposing: Bool, _ algorithm: ConvolutionAlgorithm,
        output: [Int], kept: PackedWeights?
    ) -> ConvolutionForm {
        let winograd = WinogradConvolution.form(
            weight.shape, geometry, transposing: transposing, algorithm, output: output)
        let key = PackedWeights.Key(
            points: winograd.map { Int($0.points) }, isTransposed: transposing, geometry: geometry)
        let kept = output[1] * output[2] < manyPixels ? kept : nil
        if let form = kept?.forms.withLock({ $0[key] }) { return form }
        let form: ConvolutionForm =
            if let winograd {
                .winograd(WinogradConvolution(weight, geometry, transposing: transposing, form: winograd))
            } else if transposing {
                .direct(PackedConvolution(transposing: weight, geometry: geometry))
            } else {
                .direct(PackedConvolution(weight: weight, geometry: geometry))
            }
        if form.byteCount < manyBytes { kept?.forms.withLock { $0[key] = form } }
        return form
    }

    /// Of its weights.
    private var byteCount: Int {
        let floats =
            switch self {
            case .winograd(let convolution): convolution.weights.count
            case .direct(let convolution): convolution.phases.reduce(0) { $0 + $1.panels.count }
            }
        return floats * MemoryLayout<Float>.stride
    }

    /// [B, H, W, I], the channels of x from `firstChannel` on -> [B, height, width, O].
    func run(
        _ x: Tensor, firstChannel: Int = 0, height: Int, width: Int, epilogue: Epilogue = Epilogue(),
        into: ChannelSlice? = nil
    ) -> Tensor {
        switch self {
        case .winograd(let convolution):
            convolution.run(
                x, firstChannel: firstChannel, height: height, width: width, epilogue: epilogue, into: into)
        case .direct(let convolution):
            convolution.run(
                x, firstChannel: firstChannel, height: height, width: width, epilogue: epilogue, into: into)
        }
    }
}
