import CKernels
import Tensors

/// Multiply-adds of a piece of work that is worth handing to a thread.
private let workGrain = 1 << 22
/// Pieces below which output channels are split as well as pixels.
private let fewestPieces = 16

/// A piece of a pass: sites of the lattice × panels of output channels. Pieces follow from shapes alone.
private struct Piece {
    let pass: Int
    /// The image of all sites, where images are kept apart.
    let image: Int
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
        epilogue.check("convolution", outputShape: shape, takesAll: true)
        let destination = Destination(shape: shape, into: into)
        let widest = phases.map { max(1, $0.tapColumns.count) }.max() ?? 1
        let zeros = Tensor(zeros: [widest * inputChannels])
        let taps = phases.flatMap { $0.tapRows + $0.tapColumns }
        taps.withUnsafeBufferPointer { taps in
            guard let taps = taps.baseAddress else { return }
            let passes = passes(x, firstChannel, shape, destination, epilogue, taps: taps, zeros: zeros.data)
            let pieces = passes.indices.flatMap {
                split(passes[$0], index: $0, keepsImagesApart: epilogue.keepsImagesApart)
            }
            let sums = epilogue.means.map { _ in Tensor(zeros: [pieces.count, outputChannels]) }
            parallelFor(pieces.count) { index in
                let piece = pieces[index]
                var pass = passes[piece.pass]
                pass.epilogue.sums = sums.map { $0.data + index * outputChannels }
                pass.epilogue.gate = pass.epilogue.gate.map { $0 + piece.image * outputChannels }
                let pointers = pk_convolution_table_count(pass.tap_row_count * pass.tap_column_count)
                withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: pointers) { table in
                    pk_convolution_run(
                        &pass, piece.sites.lowerBound, piece.sites.upperBound, piece.panels.lowerBound,
                        piece.panels.upperBound, table.baseAddress)
                }
            }
            if let means = epilogue.means, let sums { average(sums, pieces, pixels: height * width, into: means) }
        }
        withExtendedLifetime((x, epilogue, zeros, self)) {}
        return destination.tensor
    }

    /// The sums of all pieces [pieces, O] -> means of each image's pixels [B, 1, 1, O], added in the pieces' order.
    private func average(_ sums: Tensor, _ pieces: [Piece], pixels: Int, into means: Tensor) {
        var totals = [Double](repeating: 0, count: means.count)
        for (index, piece) in pieces.enumerated() {
            let (source, first) = (sums.data + index * outputChannels, piece.image * outputChannels)
            for channel in 0..<outputChannels { totals[first + channel] += Double(source[channel]) }
        }
        for index in 0..<means.count { means.data[index] = Float(totals[index] / Double(pixels)) }
        withExtendedLifetime(sums) {}
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

    private func split(_ pass: convolution_pass, index: Int, keepsImagesApart: Bool) -> [Piece] {
        let groups = keepsImagesApart ? pass.images : 1
        let sites = pass.images * pass.height * pass.width / groups
        guard sites > 0 else { return [] }
        let depth = max(1, pass.tap_row_count * pass.tap_column_count * pass.channels)
        let granule = 8 * pk_convolution_tile_pixels()
        let wanted = workGrain / (depth * pass.output_channels)
        let grain = max(1, min(32, wanted / granule)) * granule
        let chunks = (sites + grain - 1) / grain
        let panels = panelCount(pass.output_channels)
        let panelGrain = (panels * min(groups * chunks, fewestPieces) + fewestPieces - 1) / fewestPieces
        return (0..<groups * chunks).flatMap { part in
            let (group, chunk) = (part / chunks, part % chunks)
            let first = group * sites
            return stride(from: 0, to: panels, by: panelGrain).map { panel in
                Piece(
                    pass: index, image: group,
                    sites: first + chunk * grain..<first + min(sites, (chunk + 1) * grain),
                    panels: panel..<min(panels, panel + panelGrain))
            }
        }
    }
}
