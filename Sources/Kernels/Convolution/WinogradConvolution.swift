import CKernels
import Tensors

/// Fewest channels whose products pay for the transforms of their tiles.
private let fewestChannels = 16
/// Fewest tiles of an image, whatever the batch, that pay for the transform of the weights of one phase, and of four
/// from four points, or from six. Training transforms them in each pass.
private let (fewestTiles, fewestOfFourPoints, fewestOfSixPoints) = (16, 48, 96)

/// A convolution of 2×2 or 3×3 taps for each phase of its stride, or its transpose, with transformed weights.
struct WinogradConvolution: Sendable {
    private let form: winograd_form
    let weights: Tensor
    private let inputChannels: Int
    private let outputChannels: Int
    private let padding: Int

    /// The form of the algorithm for a weight [O, kh, kw, I]; nil where it does not apply, or does not pay, for an
    /// output of shape [B, H, W, …]. `transposing` leads from weight's O channels back to its I channels.
    static func form(
        _ weight: [Int], _ geometry: ConvolutionGeometry, transposing: Bool, _ algorithm: ConvolutionAlgorithm,
        output: [Int]
    ) -> winograd_form? {
        let (stride, inputs) = (geometry.stride, transposing ? weight[0] : weight[3])
        let turned = turnedPadding(geometry)
        guard let points = algorithm.points, geometry.kernelHeight == geometry.kernelWidth, geometry.dilation == 1,
            stride <= 2, [2 * stride, 3 * stride].contains(geometry.kernelHeight),
            !transposing || turned >= 0 && turned % stride == 0, inputs % 16 == 0,
            min(weight[0], weight[3]) >= fewestChannels
        else { return nil }
        func tiles(_ form: winograd_form) -> Int {
            pk_winograd_tiles(form, output[1]) * pk_winograd_tiles(form, output[2])
        }
        var form = winograd_form(
            points: points, taps: geometry.kernelHeight / stride, input_phases: transposing ? 1 : stride,
            output_phases: transposing ? stride : 1)
        if stride == 2, tiles(form) < fewestOfSixPoints { form.points = 4 }
        return tiles(form) >= (stride == 1 ? fewestTiles : fewestOfFourPoints) ? form : nil
    }

    /// With the weight [O, kh, kw, I] transformed for a form that applies.
    init(_ weight: Tensor, _ geometry: ConvolutionGeometry, transposing: Bool, form: winograd_form) {
        let shape = weight.shape
        self.form = form
        (inputChannels, outputChannels) = transposing ? (shape[0], shape[3]) : (shape[3], shape[0])
        padding = transposing ? Self.turnedPadding(geometry) / geometry.stride : geometry.padding
        weights = form.transformed(weight, inputs: inputChannels, outputs: outputChannels, transposing: transposing)
    }

    /// A transpose spreads its input by the stride; the window of output pixel 0 begins so many pixels before it, where
    /// an input pixel must lie.
    private static func turnedPadding(_ geometry: ConvolutionGeometry) -> Int {
        geometry.kernelHeight - 1 - geometry.padding
    }

    /// [B, H, W, I], the channels of x from `firstChannel` on -> [B, height, width, O].
    func run(
        _ x: Tensor, firstChannel: Int = 0, height: Int, width: Int, epilogue: Epilogue = Epilogue(),
        into: ChannelSlice? = nil
    ) -> Tensor {
        let shape = [x.shape[0], height, width, outputChannels]
        epilogue.check("convolution", outputShape: shape, takesAll: true)
        precondition(epilogue.suitsWinograd, "convolution: positions and means are for direct sums")
        let destination = Destination(shape: shape, into: into)
        let zeros = Tensor(zeros: [inputChannels])
        let pass = winograd_pass(
            form: form, input: x.data + firstChannel, input_height: x.shape[1], input_width: x.shape[2],
            input_stride: x.channels, channels: inputChannels, height: height, width: width,
            padding: padding, zeros: zeros.data, weights: weights.data, output_channels: outputChannels,
            output: destination.start, output_stride: destination.stride,
            epilogue: epilogue.kernelView(to: destination))
        let tiles = shape[0] * pk_winograd_tiles(form, height) * pk_winograd_tiles(form, width)
        // Few tiles have smaller values than weights.
        if 2 * tiles <= depth { runByChannels(pass, tiles) } else { runByTiles(pass, tiles) }
        withExtendedLifetime((x, epilogue, zeros, self)) {}
        return destination.tensor
    }

    /// Each thread takes tiles.
    private func runByTiles(_ pass: winograd_pass, _ tiles: Int) {
        let panels = panelCount(outputChannels)
        let together = pk_winograd_panels_together(form, inputChannels, panels)
        parallelRows(tiles, grain: grain(tiles)) { range in
            var pass = pass
            let (values, plane) = valuesOfTiles(range.count)
            let products = Tensor(uninitialized: [pk_winograd_product_count(form, range.count, together)])
            pk_winograd_inputs(&pass, range.lowerBound, range.upperBound, values.data, plane)
            pk_winograd_outputs(&pass, range.lowerBound, range.upperBound, values.data, 0, panels, products.data)
            withExtendedLifetime((values, products)) {}
        }
    }

    /// Each thread takes output channels of all tiles: so each weight is read once, which takes longer than the
    /// products of few tiles.
    private func runByChannels(_ pass: winograd_pass, _ tiles: Int) {
        let (values, plane) = valuesOfTiles(tiles)
        parallelRows(tiles, grain: 4) { range in
            var pass = pass
            pk_winograd_inputs(
                &pass, range.lowerBound, range.upperBound, values.data + range.lowerBound * depth, plane)
        }
        let panels = panelCount(outputChannels)
        parallelRows(panels, grain: panels < 8 ? 1 : 2) { range in
            var pass = pass
            let products = Tensor(uninitialized: [pk_winograd_product_count(form, tiles, range.count)])
            pk_winograd_outputs(&pass, 0, tiles, values.data, range.lowerBound, range.upperBound, products.data)
            withExtendedLifetime(products) {}
        }
        withExtendedLifetime(values) {}
    }

    /// Channels of all input phases.
    private var depth: Int { inputChannels * form.input_phases * form.input_phases }

    /// For the values of so many tiles: a plane for each point, and its size.
    private func valuesOfTiles(_ tiles: Int) -> (values: Tensor, plane: Int) {
        let plane = pk_winograd_plane(form, tiles, inputChannels)
        return (Tensor(uninitialized: [Int(form.points * form.points), plane]), plane)
    }

    /// More tiles share each reading of the weights; fewer keep their values in the second-level cache. Tasks are of
    /// one size, so that no thread waits long for the last, and fill the register tiles.
    private func grain(_ tiles: Int) -> Int {
        let ofSixPoints = inputChannels <= 64 ? 24 : inputChannels <= 128 ? 36 : 48
        let values = (form.points == 4 ? 2 : 1) * ofSixPoints / (form.input_phases * form.input_phases)
        let most = max(24, values)
        let tasks = ((tiles + most - 1) / most + 3) / 4 * 4
        let rows = pk_convolution_tile_pixels()
        return ((tiles + tasks - 1) / tasks + rows - 1) / rows * rows
    }
}

extension winograd_form {
    /// The weights of all output phases, one after the other.
    fileprivate func transformed(_ weight: Tensor, inputs: Int, outputs: Int, transposing: Bool) -> Tensor {
        let depth = input_phases * input_phases * inputs
        let size = pk_winograd_weight_count(self, outputs, depth)
        let result = Tensor(uninitialized: [output_phases * output_phases * size])
        let panels = panelCount(outputs)
        for phase in 0..<output_phases * output_phases {
            let packed = packPanels(
                weight.data, outputs: outputs, outputStep: transposing ? 1 : weight.count / outputs,
                taps: tapOffsets(weight.shape, row: phase / output_phases, column: phase % output_phases, transposing),
                channels: inputs, channelStep: transposing ? weight.count / inputs : 1)
            parallelFor(panels) { panel in
                pk_winograd_transform_weights(self, packed.data, outputs, depth, panel, result.data + phase * size)
            }
            withExtendedLifetime(packed) {}
        }
        withExtendedLifetime(weight) {}
        return result
    }

    /// Where the taps of an output phase lie in a weight [O, kh, kw, I]: by tap, then by input phase.
    private func tapOffsets(_ shape: [Int], row: Int, column: Int, _ transposing: Bool) -> [Int] {
        let stride = input_phases * output_phases
        // The transpose turns the window around.
        func axis(_ outputPhase: Int) -> [[Int]] {
            (0..<taps).map { tap in
                transposing
                    ? [shape[1] - stride * (tap + 1) + outputPhase] : (0..<input_phases).map { stride * tap + $0 }
            }
        }
        return axis(row).flatMap { rows in
            axis(column).flatMap { columns in
                rows.flatMap { row in columns.map { (row * shape[2] + $0) * shape[3] } }
            }
        }
    }
}
