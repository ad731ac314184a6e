import Autodiff
import Kernels
import Layers

/// Context of several sizes: the map pooled to five, each by a convolution to a few channels and enlarged again (PAPPM
/// of PIDNet, DAPPM of DDRNet).
struct PyramidPooling {
    /// Windows and steps of scales 1 to 3; scale 0 is the map, scale 4 its mean.
    private static let windows = [(kernel: 5, stride: 2), (kernel: 9, stride: 4), (kernel: 17, stride: 8)]

    /// What is done to the scales.
    private enum Process {
        /// Scale 0 is added to each; one convolution in groups, all at once (PAPPM).
        case parallel(norm: BatchNorm, weight: Parameter)
        /// The result of the scale before is added; a convolution each, one after another (DAPPM).
        case chain([PreActivatedConvolution])
    }

    private let scales: [PreActivatedConvolution]
    private let process: Process
    private let compression: PreActivatedConvolution
    private let shortcut: PreActivatedConvolution

    /// Names `scale0` … `scale4`, `scale_process` or `process1` … `process4`, `compression`, `shortcut`.
    init(_ scope: ParameterScope, inputs: Int, width: Int, outputs: Int, isParallel: Bool) {
        // Scales 1 to 4 begin with a pooling layer, which has no parameters.
        func layer(
            _ name: String, _ inputs: Int, _ outputs: Int, first: Int = 0, kernel: Int = 1
        ) -> PreActivatedConvolution {
            let scope = scope.child(name)
            return PreActivatedConvolution(
                norm: scope.child(first), convolution: scope.child(first + 2), inputs: inputs, outputs: outputs,
                kernel: kernel)
        }
        scales = (0..<5).map { layer("scale\($0)", inputs, width, first: $0 == 0 ? 0 : 1) }
        if isParallel {
            let scope = scope.child("scale_process")
            process = .parallel(
                norm: BatchNorm(scope.child(0), channels: 4 * width, kind: .batch),
                weight: scope.child(2).parameter("weight", [4 * width, width, 3, 3], layout: .convolution, .msra))
        } else {
            process = .chain((1...4).map { layer("process\($0)", width, width, kernel: 3) })
        }
        compression = layer("compression", 5 * width, outputs)
        shortcut = layer("shortcut", inputs, outputs)
    }

    /// [B, H, W, I] -> [B, H, W, O].
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        let first = scales[0](x, context)
        let pooled = Self.windows.map { averagePool(x, kernel: $0.kernel, stride: $0.stride, padding: $0.kernel / 2) }
        let coarse = zip(scales.dropFirst(), pooled + [globalAverage(x)]).map { scale, map in
            resizeBilinear(scale(map, context), height: x.shape[1], width: x.shape[2])
        }
        let all = concatenate(processed(first, coarse, context))
        return compression(all, context, residual: shortcut(x, context))
    }

    /// Scale 0, and what becomes of the others.
    private func processed(_ first: Variable, _ coarse: [Variable], _ context: ForwardContext) -> [Variable] {
        switch process {
        case .parallel(let norm, let weight):
            let joined = norm(concatenate(coarse.map { add($0, first) }), relu: true, context)
            context.count(ForwardWork(products: joined.value.rows * weight.value.count))
            let geometry = ConvolutionGeometry(kernel: 3, padding: 1)
            return [
                first,
                groupedConvolution(joined, weight: weight.variable(in: context), groups: coarse.count, geometry),
            ]
        case .chain(let convolutions):
            var maps = [first]
            for (convolution, map) in zip(convolutions, coarse) {
                maps.append(convolution(add(map, maps[maps.count - 1]), context))
            }
            return maps
        }
    }
}
