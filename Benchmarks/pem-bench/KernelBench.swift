import Autodiff
import Foundation
import Profiling
import Tensors

/// A kernel on one shape: `prepare` does what isn't timed and returns what is.
struct KernelWork {
    let name: String
    let multiplyAdds: Double
    let prepare: () -> (() throws -> Void)

    /// A work without preparation.
    init(_ name: String, _ multiplyAdds: Int, _ run: @escaping () -> Void) {
        self.init(name, multiplyAdds, preparing: { run })
    }

    init(_ name: String, _ multiplyAdds: Int, preparing prepare: @escaping () -> (() throws -> Void)) {
        self.name = name
        self.multiplyAdds = Double(multiplyAdds)
        self.prepare = prepare
    }
}

/// The kernels by shape, one image.
struct KernelBench {
    let report: BenchReport
    let rounds: Int
    let product: MatrixProduct

    func run() throws {
        report.section(
            "Kernels by shape",
            "Channels in-out @ size of the input, one image. T counts plain multiply-adds, so Winograd goes below 1.",
            columns: ["kernel"] + TimedRuns.columns)
        for shape in ConvolutionShape.all { try measure(shape.works) }
        for (channels, height, width) in [(64, 256, 512), (256, 64, 128)] {
            try measure(KernelShapes.depthwise(channels, height, width))
        }
        for (height, width) in [(32, 64), (64, 128), (128, 256)] {
            try measure(KernelShapes.deformable(128, height, width))
        }
        for (height, width) in [(64, 86), (128, 256)] { try measure(KernelShapes.deformableAttention(height, width)) }
        for (height, width) in [(64, 128), (256, 512)] { try measure(KernelShapes.groupNorm(256, height, width)) }
        try measure(KernelShapes.transposed(128, 128, 256))
        for pixels in [2048, 8192, 32768] { try measure(KernelShapes.maskedAttention(pixels: pixels)) }
        for (side, heads) in [(7, 3), (12, 4)] {
            try measure(KernelShapes.windows(side: side, heads: heads, 256, 512))
        }
        try measure(KernelShapes.elements(96, 256, 512))
        try measure([KernelShapes.semantic(19, 1024, 2048), KernelShapes.semantic(150, 512, 704)])
        try measure(CriterionShapes.fullMasks(classes: 150, height: 512, width: 512))
        try measure([CriterionShapes.pixels(classes: 150, height: 512, width: 512)])
        MixingBench(report: report, rounds: rounds).run()
    }

    /// Tensors live only as long as their shape is measured.
    private func measure(_ works: [KernelWork]) throws {
        for work in works {
            let measured = try TimedRuns(runs: rounds, product, prepare: work.prepare)
            report.row([work.name] + measured.cells(multiplyAdds: work.multiplyAdds))
        }
    }
}
