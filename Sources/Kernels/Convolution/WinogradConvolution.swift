import CKernels
import Tensors

/// Fewest channels whose products pay for the transforms of their tiles.
private let fewestChannels = 16
/// Fewest tiles that pay for the transform of the weights.
private let fewestTiles = 16

/// A 3×3 convolution of stride 1, or its transpose, with transformed weights.
struct WinogradConvolution: Sendable {
    private let tile: Int
    private let weights: Tensor
    private let inputChannels: Int
    private let outputChannels: Int
    private let padding: Int

    /// Nil where the algorithm does not apply, or does not pay, for an output of shape [B, H, W, …].
    /// `transposing` leads from weight's O channels back to its I channels.
    init?(
        weight: Tensor, geometry: ConvolutionGeometry, transposing: Bool, algorithm: ConvolutionAlgorithm, output: [Int]
    ) {
        let shape = weight.shape
        inputChannels = transposing ? shape[0] : shape[3]
        outputChannels = transposing ? shape[3] : shape[0]
        padding = transposing ? 2 - geometry.padding : geometry.padding
        guard let tile = algorithm.tile, geometry.kernelHeight == 3, geometry.kernelWidth == 3,
            geometry.stride == 1,
            geometry.dilation == 1, padding >= 0, inputChannels % 16 == 0,
            min(inputChannels, outputChannels) >= fewestChannels,
            output[0] * ((output[1] + tile - 1) / tile) * ((output[2] + tile - 1) / tile) >= fewestTiles
        else { return nil }
        self.tile = tile
        // The transpose turns the window around: tap k of the input meets tap 8 − k of the weight.
        let packed = packPanels(
            weight.data, outputs: outputChannels, outputStep: transposing ? 1 : 9 * inputChannels,
            taps: (0..<9).map { (transposing ? 8 - $0 : $0) * shape[3] }, channels: inputChannels,
            channelStep: transposing ? 9 * outputChannels : 1)
        let count = pk_winograd_weight_count(tile, outputChannels, inputChannels)
        let transformed = Tensor(uninitialized: [count])
        let (inputs, outputs) = (inputChannels, outputChannels)
        parallelFor(panelCount(outputs)) { panel in
            pk_winograd_transform_weights(tile, packed.data, outputs, inputs, panel, transformed.data)
        }
        withExtendedLifetime((weight, packed)) {}
        weights = transformed
    }

    /// [B, H, W, I], the channels of x from `firstChannel` on -> [B, height, width, O].
    func run(
        _ x: Tensor, firstChannel: Int = 0, height: Int, width: Int, epilogue: Epilogue = Epilogue(),
        into: ChannelSlice? = nil
    ) -> Tensor {
        let shape = [x.shape[0], height, width, outputChannels]
        epilogue.check("convolution", outputShape: shape)
        let destination = Destination(shape: shape, into: into)
        let zeros = Tensor(zeros: [inputChannels])
        let pass = winograd_pass(
            input: x.data + firstChannel, input_height: x.shape[1], input_width: x.shape[2], input_stride: x.channels,
            channels: inputChannels, images: shape[0], height: height, width: width, padding: padding,
            zeros: zeros.data, weights: weights.data, output_channels: outputChannels, output: destination.start,
            output_stride: destination.stride, epilogue: epilogue.kernelView(to: destination))
        let tiles = shape[0] * ((height + tile - 1) / tile) * ((width + tile - 1) / tile)
        parallelRows(tiles, grain: grain(tiles)) { range in
            var pass = pass
            let scratch = Tensor(uninitialized: [pk_winograd_scratch_count(tile, range.count, inputChannels)])
            pk_winograd_run(tile, &pass, range.lowerBound, range.upperBound, scratch.data)
            withExtendedLifetime(scratch) {}
        }
        withExtendedLifetime((x, epilogue, zeros, self)) {}
        return destination.tensor
    }

    /// More tiles share each reading of the weights; fewer keep their values in the second-level cache. Tasks
    /// are a multiple of four and of one size, so that no thread waits long for the last.
    private func grain(_ tiles: Int) -> Int {
        let most = (tile == 2 ? 2 : 1) * (inputChannels <= 64 ? 24 : inputChannels <= 128 ? 36 : 48)
        let tasks = ((tiles + most - 1) / most + 3) / 4 * 4
        return (tiles + tasks - 1) / tasks
    }
}
