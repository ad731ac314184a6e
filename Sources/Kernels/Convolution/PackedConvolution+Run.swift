import CKernels
import Tensors

/// Multiply-adds of a piece of work that is worth handing to a thread.
private let workGrain = 1 << 22
/// Pieces below which output channels are split as well as pixels.
private let fewestPieces = 16

/// A piece of a pass: sites of the lattice × panels of output channels. Pieces follow from shapes alone.
private struct Piece {
    let pass: Int
    let sites: Range<Int>
    let panels: Range<Int>
}

extension PackedConvolution {
    /// [B, H, W, I], the channels of x from `firstChannel` on -> [B, height, width, O].
    func run(
        _ x: Tensor, firstChannel: Int = 0, height: Int, width: Int, epilogue: Epilogue = Epilogue(),
        into: ChannelSlice? = nil
    ) -> Tensor {
        let shape = [x.shape[0], height, width, outputChannels]
        epilogue.check("convolution", outputShape: shape)
        let destination = Destination(shape: shape, into: into)
        let widest = phases.map { max(1, $0.tapColumns.count) }.max() ?? 1
        let zeros = Tensor(zeros: [widest * inputChannels])
        let taps = phases.flatMap { $0.tapRows + $0.tapColumns }
        taps.withUnsafeBufferPointer { taps in
            guard let taps = taps.baseAddress else { return }
            let passes = passes(x, firstChannel, shape, destination, epilogue, taps: taps, zeros: zeros.data)
            let pieces = passes.indices.flatMap { split(passes[$0], index: $0) }
            parallelFor(pieces.count) { index in
                let piece = pieces[index]
                var pass = passes[piece.pass]
                let pointers = pk_convolution_table_count(pass.tap_row_count * pass.tap_column_count)
                withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: pointers) { table in
                    pk_convolution_run(
                        &pass, piece.sites.lowerBound, piece.sites.upperBound, piece.panels.lowerBound,
                        piece.panels.upperBound, table.baseAddress)
                }
            }
        }
        withExtendedLifetime((x, epilogue, zeros, self)) {}
        return destination.tensor
    }

    private func passes(
        _ x: Tensor, _ firstChannel: Int, _ shape: [Int], _ destination: Destination, _ epilogue: Epilogue,
        taps: UnsafePointer<Int>, zeros: UnsafePointer<Float>
    ) -> [convolution_pass] {
        var taps = taps
        return phases.map { phase in
            defer { taps += phase.tapRows.count + phase.tapColumns.count }
            return convolution_pass(
                input: x.data + firstChannel, input_height: x.shape[1], input_width: x.shape[2],
                input_stride: x.shape[3], channels: inputChannels, images: shape[0],
                height: (shape[1] - phase.outputRow + outputStep - 1) / outputStep,
                width: (shape[2] - phase.outputColumn + outputStep - 1) / outputStep, input_step: inputStep,
                tap_row_count: phase.tapRows.count, tap_column_count: phase.tapColumns.count, tap_rows: taps,
                tap_columns: taps + phase.tapRows.count, zeros: zeros, panels: phase.panels.data,
                output_channels: outputChannels, output: destination.start, output_height: shape[1],
                output_width: shape[2], output_stride: destination.stride, output_row: phase.outputRow,
                output_column: phase.outputColumn, output_step: outputStep,
                epilogue: epilogue.kernelView(to: destination))
        }
    }

    private func split(_ pass: convolution_pass, index: Int) -> [Piece] {
        let sites = pass.images * pass.height * pass.width
        guard sites > 0 else { return [] }
        let depth = max(1, pass.tap_row_count * pass.tap_column_count * pass.channels)
        let granule = 8 * pk_convolution_tile_pixels()
        let wanted = workGrain / (depth * pass.output_channels)
        let grain = max(1, min(32, wanted / granule)) * granule
        let chunks = (sites + grain - 1) / grain
        let panels = panelCount(pass.output_channels)
        let panelGrain = (panels * min(chunks, fewestPieces) + fewestPieces - 1) / fewestPieces
        return (0..<chunks).flatMap { chunk in
            stride(from: 0, to: panels, by: panelGrain).map { panel in
                Piece(
                    pass: index, sites: chunk * grain..<min(sites, (chunk + 1) * grain),
                    panels: panel..<min(panels, panel + panelGrain))
            }
        }
    }
}
