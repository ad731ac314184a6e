import Kernels
import Tensors

/// The convolution of x [B, H, W, I] in `groups` of neighbouring channels, each with its share of the outputs of weight
/// [O, kh, kw, I / groups]: [B, H′, W′, O].
///
/// Saves what `recordMap` says. Gradients are those of the groups' convolutions.
package func groupedConvolution(
    _ x: Variable, weight: Variable, groups: Int, _ geometry: ConvolutionGeometry
) -> Variable {
    let (outputs, inputs) = (weight.shape[0] / groups, weight.shape[3])
    precondition(
        x.value.channels == groups * inputs && weight.shape[0] == groups * outputs,
        "groupedConvolution: x \(x.shape), weight \(weight.shape), \(groups) groups")
    let size = geometry.outputSize(height: x.shape[1], width: x.shape[2])
    let y = Tensor(uninitialized: [x.shape[0], size.height, size.width, groups * outputs])
    func part(_ group: Int, of weight: Tensor) -> Tensor { weight.items(group * outputs..<(group + 1) * outputs) }
    for group in 0..<groups {
        convolve(
            x.value, channels: group * inputs..<(group + 1) * inputs, weight: part(group, of: weight.value), geometry,
            algorithm: .winograd2, into: (y, group * outputs))
    }
    let (inputShape, weightShape) = (x.shape, weight.shape)
    return recordMap(y, x, weight: weight, bias: nil) { dY, weight in
        let dX = Tensor(uninitialized: inputShape)
        for group in 0..<groups {
            let gradient = convolutionDataGradient(
                columns(of: dY, group * outputs, count: outputs), weight: part(group, of: weight), geometry,
                inputShape: inputShape.dropLast() + [inputs])
            parallelRows(dX.rows, grain: 1024) { copyColumns(gradient, 0, to: dX, group * inputs, count: inputs, $0) }
        }
        return dX
    } dW: { x, dY in
        let dW = Tensor(uninitialized: weightShape)
        for group in 0..<groups {
            let gradient = convolutionWeightGradient(
                columns(of: x, group * inputs, count: inputs), dY: columns(of: dY, group * outputs, count: outputs),
                geometry)
            (dW.data + group * gradient.count).update(from: gradient.data, count: gradient.count)
        }
        return dW
    }
}

/// Some neighbouring channels of x [..., C]: [..., count].
private func columns(of x: Tensor, _ first: Int, count: Int) -> Tensor {
    let y = Tensor(uninitialized: x.shape.dropLast() + [count])
    parallelRows(y.rows, grain: 1024) { copyColumns(x, first, to: y, 0, count: count, $0) }
    return y
}
