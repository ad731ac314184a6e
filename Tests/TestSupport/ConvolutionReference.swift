import Autodiff
import Kernels

// Plain loops in Double: the definitions of the convolutions and pools.

/// Sizes of one reference call.
package struct ReferenceImage {
    let (batch, height, width, channels): (Int, Int, Int, Int)
    /// From a shape [B, H, W, C].
    package init(_ shape: [Int]) {
        (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
    }
    func index(_ b: Int, _ y: Int, _ x: Int, _ c: Int) -> Int? {
        guard (0..<height).contains(y), (0..<width).contains(x) else { return nil }
        return ((b * height + y) * width + x) * channels + c
    }
}

/// y[b, i, j, o] = Σ x[b, i·s + a·d − p, j·s + c·d − p, k] · weight[o, a, c, k] within the group of o.
package func referenceConvolution(
    _ x: [Double], _ shape: [Int], weight: [Double], outputs: Int, _ geometry: ConvolutionGeometry, groups: Int = 1
) -> [Double] {
    let image = ReferenceImage(shape)
    let size = geometry.outputSize(height: image.height, width: image.width)
    let (groupInputs, groupOutputs) = (image.channels / groups, outputs / groups)
    var y: [Double] = []
    for b in 0..<image.batch {
        for i in 0..<size.height {
            for j in 0..<size.width {
                for o in 0..<outputs {
                    var sum = 0.0
                    for a in 0..<geometry.kernelHeight {
                        for c in 0..<geometry.kernelWidth {
                            let row = i * geometry.stride + a * geometry.dilation - geometry.padding
                            let column = j * geometry.stride + c * geometry.dilation - geometry.padding
                            let first = o / groupOutputs * groupInputs
                            guard let pixel = image.index(b, row, column, first) else { continue }
                            let tap =
                                ((o * geometry.kernelHeight + a) * geometry.kernelWidth + c) * groupInputs
                            for k in 0..<groupInputs { sum += x[pixel + k] * weight[tap + k] }
                        }
                    }
                    y.append(sum)
                }
            }
        }
    }
    return y
}

/// y[b, i·s + a·d − p, j·s + c·d − p, o] += x[b, i, j, k] · weight[k, a, c, o].
package func referenceTransposedConvolution(
    _ x: [Double], _ shape: [Int], weight: [Double], outputs: Int, _ geometry: ConvolutionGeometry
) -> [Double] {
    let image = ReferenceImage(shape)
    let size = geometry.transposedOutputSize(height: image.height, width: image.width)
    let target = ReferenceImage([image.batch, size.height, size.width, outputs])
    var y = [Double](repeating: 0, count: image.batch * size.height * size.width * outputs)
    for b in 0..<image.batch {
        for i in 0..<image.height {
            for j in 0..<image.width {
                for a in 0..<geometry.kernelHeight {
                    for c in 0..<geometry.kernelWidth {
                        let row = i * geometry.stride + a * geometry.dilation - geometry.padding
                        let column = j * geometry.stride + c * geometry.dilation - geometry.padding
                        guard let pixel = target.index(b, row, column, 0),
                            let source = image.index(b, i, j, 0)
                        else { continue }
                        for k in 0..<image.channels {
                            let tap = ((k * geometry.kernelHeight + a) * geometry.kernelWidth + c) * outputs
                            for o in 0..<outputs { y[pixel + o] += x[source + k] * weight[tap + o] }
                        }
                    }
                }
            }
        }
    }
    return y
}

/// y[b, i, j, c] = Σ x[b, i·s + a·d − p, j·s + e·d − p, c] · weight[a, e, c].
package func referenceDepthwise(
    _ x: [Double], _ shape: [Int], weight: [Double], _ geometry: ConvolutionGeometry
) -> [Double] {
    let channels = shape[3]
    // One group a channel; weight [C, kh, kw, 1].
    let reordered = (0..<channels * geometry.taps).map { index in
        weight[index % geometry.taps * channels + index / geometry.taps]
    }
    return referenceConvolution(x, shape, weight: reordered, outputs: channels, geometry, groups: channels)
}

/// `combine` of the values of each window of one channel; pixels outside are left out.
package func referencePool(
    _ x: [Double], _ shape: [Int], _ pool: PoolGeometry, combine: ([Double]) -> Double
) -> [Double] {
    let image = ReferenceImage(shape)
    let height = (image.height + 2 * pool.padding - pool.kernel) / pool.stride + 1
    let width = (image.width + 2 * pool.padding - pool.kernel) / pool.stride + 1
    var y: [Double] = []
    for b in 0..<image.batch {
        for i in 0..<height {
            for j in 0..<width {
                for c in 0..<image.channels {
                    var values: [Double] = []
                    for tap in 0..<pool.kernel * pool.kernel {
                        let row = i * pool.stride - pool.padding + tap / pool.kernel
                        let column = j * pool.stride - pool.padding + tap % pool.kernel
                        if let index = image.index(b, row, column, c) { values.append(x[index]) }
                    }
                    y.append(combine(values))
                }
            }
        }
    }
    return y
}
