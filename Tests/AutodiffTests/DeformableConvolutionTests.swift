import Autodiff
import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

/// The definition, pixel by pixel: x [B, H, W, C], offsetMask [B, H, W, 27], weight [O, 3, 3, C] -> [B, H,
/// W, O].
private func deformableReference(_ inputs: [[Double]], _ shape: [Int], outputs: Int) -> [Double] {
    let (x, offsetMask, weight) = (inputs[0], inputs[1], inputs[2])
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    return (0..<shape[0] * height * width).flatMap { site -> [Double] in
        let (image, row, column) = (site / (height * width), site / width % height, site % width)
        var columns = [Double](repeating: 0, count: 9 * channels)
        for tap in 0..<9 {
            let vertical = Double(row + tap / 3 - 1) + offsetMask[site * 27 + 2 * tap]
            let horizontal = Double(column + tap % 3 - 1) + offsetMask[site * 27 + 2 * tap + 1]
            let modulation = 1 / (1 + exp(-offsetMask[site * 27 + 18 + tap]))
            for i in 0..<height {
                for j in 0..<width {
                    let (above, before) = (abs(vertical - Double(i)), abs(horizontal - Double(j)))
                    let bilinear = max(0, 1 - above) * max(0, 1 - before)
                    guard bilinear > 0 else { continue }
                    let source = ((image * height + i) * width + j) * channels
                    for c in 0..<channels {
                        columns[tap * channels + c] += modulation * bilinear * x[source + c]
                    }
                }
            }
        }
        return (0..<outputs).map { output in
            columns.indices.reduce(0) { $0 + columns[$1] * weight[output * 9 * channels + $1] }
        }
    }
}

@Suite struct DeformableConvolutionTests {
    private func inputs(_ shape: [Int], outputs: Int, offsets: Float = 3) -> [Tensor] {
        [
            testTensor("x", shape), testTensor("offsets", Array(shape.dropLast()) + [27], scale: offsets),
            testTensor("weight", [outputs, 3, 3, shape[3]]),
        ]
    }

    // More pixels than a tile, channels that fill no vector, more outputs than a panel; offsets that leave
    // the image.
    @Test(arguments: [([1, 3, 4, 2], 2), ([2, 5, 11, 3], 5), ([1, 8, 3, 17], 34)])
    func valueAndGradient(shape: [Int], outputs: Int) {
        // Positions are float32, 6e-7 of a pixel in an image of 11.
        checkGradient(
            inputs: inputs(shape, outputs: outputs), valueTolerance: 5e-6, tolerance: 2e-5, samples: 30,
            operation: { deformableConvolution($0[0], offsetMask: $0[1], weight: $0[2]) },
            reference: { deformableReference($0, shape, outputs: outputs) })
    }

    // torchvision.ops.deform_conv2d in float64 on the same inputs, gradients of the sum weighted by
    // "cotangent".
    @Test func agreesWithTorchvision() {
        let (y, gradients) = differentiated(inputs([1, 3, 4, 2], outputs: 2), cotangent: "cotangent")
        guard gradients.count == 3 else {
            Issue.record("\(gradients.count) gradients")
            return
        }
        assertClose(y, Torchvision.output, tolerance: 2e-6)
        assertClose(gradients[0], Torchvision.inputGradient, tolerance: 2e-6, "dX")
        assertClose(gradients[2], Torchvision.weightGradient, tolerance: 2e-6, "dWeight")
        let offsets = gradients[1].array
        let byChannel = (0..<27).map { channel in
            (0..<12).reduce(Float(0)) { $0 + offsets[$1 * 27 + channel] }
        }
        let byPixel = (0..<12).map { pixel in (0..<27).reduce(Float(0)) { $0 + offsets[pixel * 27 + $1] } }
        assertClose(
            Tensor(byChannel, shape: [27]), Torchvision.offsetGradientByChannel, tolerance: 5e-6, "channels")
        assertClose(
            Tensor(byPixel, shape: [12]), Torchvision.offsetGradientByPixel, tolerance: 5e-6, "pixels")
    }

    @Test func epilogueIsScaleShiftAndRelu() {
        let (shape, outputs) = ([1, 5, 9, 8], 20)
        let tensors = inputs(shape, outputs: outputs)
        let (scale, shift) = (testTensor("scale", [outputs]), testTensor("shift", [outputs]))
        let plain = deformableReference(tensors.map { $0.array.map(Double.init) }, shape, outputs: outputs)
        let y = deformableConvolve(
            tensors[0], offsetMask: tensors[1], weight: tensors[2],
            epilogue: Epilogue(scale: scale, shift: shift, relu: true))
        let expected = plain.enumerated().map { index, value in
            max(0, value * Double(scale.array[index % outputs]) + Double(shift.array[index % outputs]))
        }
        assertClose(y, expected, tolerance: 5e-6)
    }

    @Test(arguments: [3e9, -3e9, Float.infinity, -Float.infinity])
    func samplesFarOutsideAreZero(offset: Float) {
        var tensors = inputs([1, 4, 4, 3], outputs: 2)
        tensors[1] = Tensor(repeating: offset, shape: [1, 4, 4, 27])
        let (y, gradients) = differentiated(tensors, cotangent: "w")
        #expect(gradients.count == 3)
        #expect(([y] + gradients).allSatisfy { $0.array.allSatisfy { $0 == 0 } })
    }

    @Test func anOffsetThatIsNotANumberIsSeen() {
        let tensors = inputs([1, 4, 4, 3], outputs: 2)
        tensors[1].data[27 * 5] = .nan
        let y = deformableConvolve(tensors[0], offsetMask: tensors[1], weight: tensors[2])
        #expect(y.array.indices.filter { y.array[$0].isNaN } == [10, 11])
    }

    @Test(arguments: [1, 3])
    func bitsDoNotDependOnThreads(images: Int) {
        let tensors = inputs([images, 37, 13, 19], outputs: 40, offsets: 9)
        expectSameBits {
            let (y, gradients) = differentiated(tensors, cotangent: "w")
            return [y] + gradients
        }
    }

    private func differentiated(_ tensors: [Tensor], cotangent: String) -> (Tensor, [Tensor]) {
        var gradients = [Tensor?](repeating: nil, count: 3)
        let leaves = tensors.enumerated().map { index, value in
            Variable(leaf: value) { gradients[index] = $0 }
        }
        let y = deformableConvolution(leaves[0], offsetMask: leaves[1], weight: leaves[2])
        backward(weightedSum(y, testTensor(cotangent, y.shape)))
        return (y.value, gradients.compactMap { $0 })
    }
}

private enum Torchvision {
    static let output: [Double] = [
        0.2229982, -0.2098196, -0.4615856, -0.1353947, 0.2057192, 0.02424479, -0.1757782, 0.0458613,
        -0.5820048, -0.4437023, -0.3156072, 0.2040593, 0.1398193, -0.02527269, 0.3906124, 0.669688,
        -0.02331883, -0.0530678, -0.2359583, -0.04520112, -0.2766514, -0.1430036, 0.426647, 0.205499,
    ]
    static let inputGradient: [Double] = [
        0.004248207, 0.02010031, 0.05887331, 0.1029373, -0.02983859, -0.02376327, -0.1032826, 0.286648,
        -0.3095757, -0.2113334, -0.1979704, 0.1768233, -0.09402847, 0.1239521, -0.5067648, 0.1203954,
        -0.1203748, -0.0800097, 0.3335817, 0.3630597, 0.8588812, 0.4260835, 0.1859275, 0.1056244,
    ]
    static let weightGradient: [Double] = [
        0.08852269, -0.0560916, 0.008494936, 0.2103961, 0.021695, -0.08314023, -0.162013, -0.3762006,
        0.01485996, 0.09782402, 0.213997, 0.01283929, -0.5067166, -0.2381737, -0.05078766, 0.02461153,
        -0.2896362, -0.1855192, 0.2381197, 0.001841101, 0.1457937, 0.3169477, 0.04720403, 0.004108852,
        -1.096739, -0.3490984, 0.1453067, 0.1439359, 0.1893993, 0.03481781, 0.3774694, -0.04584432,
        0.0489697, 0.157462, -0.2364251, -0.1161194,
    ]
    static let offsetGradientByChannel: [Double] = [
        -0.08297111, 0.04599283, -0.7894858, 1.163894, -0.3119309, -0.3786484, -0.2675514, 0.1645315,
        0.1713868, -0.1453367, 0.03292438, -0.03649986, 0.5992948, 0.3246367, -0.1063607, -0.1221897,
        -0.5971132, -0.4431277, 0.05205087, -0.1347288, -0.03822237, -0.2514747, 0.05278097, 0.03854934,
        -0.09062489, 0.005661863, -0.0366279,
    ]
    static let offsetGradientByPixel: [Double] = [
        -0.3258736, 0.9020056, 0.3457539, 0.4170911, -2.449896, 0.3566483, -0.1175442, -0.5791786,
        0.144268, -0.1782303, 0.5688323, -0.2650671,
    ]
}
