import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

/// One shape of a convolution under test.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
    let input: [Int]
    let outputs: Int
    let geometry: ConvolutionGeometry

    init(_ input: [Int], _ outputs: Int, _ geometry: ConvolutionGeometry) {
        self.input = input
        self.outputs = outputs
        self.geometry = geometry
    }

    var testDescription: String { "\(input) to \(outputs), \(geometry)" }

    var weightShape: [Int] {
        [outputs, geometry.kernelHeight, geometry.kernelWidth, input[3]]
    }

    static let all: [ConvolutionCase] = [
        // 1×1, whole and partly filled panels, one pixel.
        ConvolutionCase([2, 5, 7, 16], 32, ConvolutionGeometry()),
        ConvolutionCase([2, 1, 1, 5], 3, ConvolutionGeometry()),
        ConvolutionCase([1, 9, 11, 7], 19, ConvolutionGeometry(stride: 2)),
        // 3×3 of stride 1 and 2 on odd sizes, the first layers' few channels, more than two panels.
        ConvolutionCase([2, 7, 9, 3], 8, ConvolutionGeometry(kernel: 3, stride: 2, padding: 1)),
        ConvolutionCase([1, 9, 11, 3], 33, ConvolutionGeometry(kernel: 7, stride: 2, padding: 3)),
        ConvolutionCase([2, 4, 5, 9], 70, ConvolutionGeometry(kernel: 3, padding: 1)),
        ConvolutionCase([1, 4, 26, 20], 48, ConvolutionGeometry(kernel: 3, padding: 1)),
        ConvolutionCase([1, 8, 8, 4], 27, ConvolutionGeometry(kernel: 3, stride: 2, padding: 1)),
        // No padding, more padding than the kernel needs, dilation, a stride beyond the kernel, any
        // rectangle.
        ConvolutionCase([2, 7, 8, 4], 6, ConvolutionGeometry(kernel: 3)),
        ConvolutionCase([1, 3, 4, 2], 5, ConvolutionGeometry(kernel: 3, padding: 4)),
        ConvolutionCase([2, 11, 10, 6], 9, ConvolutionGeometry(kernel: 3, padding: 2, dilation: 2)),
        ConvolutionCase(
            [1, 12, 13, 5], 4, ConvolutionGeometry(kernel: 3, stride: 3, padding: 2, dilation: 2)),
        // Taps that reach over the image, and that all but the middle one lie outside.
        ConvolutionCase([1, 6, 9, 16], 20, ConvolutionGeometry(kernel: 3, padding: 4, dilation: 4)),
        ConvolutionCase([2, 2, 3, 5], 35, ConvolutionGeometry(kernel: 3, padding: 4, dilation: 4)),
        ConvolutionCase([2, 6, 7, 12], 18, ConvolutionGeometry(kernel: 3, padding: 1)),
        ConvolutionCase([1, 9, 9, 4], 4, ConvolutionGeometry(kernel: 3, stride: 2, padding: 1)),
        ConvolutionCase([1, 10, 11, 3], 4, ConvolutionGeometry(kernel: 2, stride: 4, padding: 1)),
        ConvolutionCase([2, 5, 9, 4], 6, ConvolutionGeometry(kernelHeight: 1, kernelWidth: 5, padding: 2)),
    ]
}

@Suite struct ConvolutionTests {
    @Test(arguments: ConvolutionCase.all) func matchesDefinition(_ c: ConvolutionCase) {
        checkGradient(
            inputs: [
                testTensor("x", c.input), testTensor("w", c.weightShape), testTensor("b", [c.outputs]),
            ]
        ) {
            convolution($0[0], weight: $0[1], bias: $0[2], c.geometry)
        } reference: {
            let y = referenceConvolution($0[0], c.input, weight: $0[1], outputs: c.outputs, c.geometry)
            let bias = $0[2]
            return y.enumerated().map { $1 + bias[$0 % bias.count] }
        }
    }

    @Test func leavesOutGradientsThatNobodyNeeds() {
        let (x, w) = (testTensor("x", [1, 5, 5, 3]), testTensor("w", [4, 3, 3, 3]))
        let geometry = ConvolutionGeometry(kernel: 3, stride: 2, padding: 1)
        checkGradient(inputs: [x, w], differentiable: [false, true]) {
            convolution($0[0], weight: $0[1], bias: nil, geometry)
        } reference: {
            referenceConvolution($0[0], x.shape, weight: $0[1], outputs: 4, geometry)
        }
        checkGradient(inputs: [x, w], differentiable: [true, false]) {
            convolution($0[0], weight: $0[1], bias: nil, geometry)
        } reference: {
            referenceConvolution($0[0], x.shape, weight: $0[1], outputs: 4, geometry)
        }
        #expect(!convolution(Variable(x), weight: Variable(w), bias: nil, geometry).needsGradient)
    }

    /// What reached x before is added in the kernel, to the bits of the sum.
    @Test(arguments: [
        ConvolutionCase([2, 9, 11, 7], 19, ConvolutionGeometry(stride: 2)),
        ConvolutionCase([1, 8, 9, 5], 6, ConvolutionGeometry(kernel: 3, stride: 2, padding: 1)),
        ConvolutionCase([2, 9, 10, 16], 32, ConvolutionGeometry(kernel: 3, padding: 1)),
    ]) func addsToTheGradientSoFar(_ c: ConvolutionCase) {
        let (x, w, before) = (testTensor("x", c.input), testTensor("w", c.weightShape), testTensor("r", c.input))
        func gradient(_ before: Tensor?) -> Tensor {
            let gradients = Gradients(count: 1)
            let leaf = gradients.leaf(0, x)
            let y = convolution(leaf, weight: Variable(w), bias: nil, c.geometry)
            let dY = testTensor("dY", y.shape)
            backward(record(Tensor([0], shape: [1]), inputs: [y, leaf]) { _ in [dY, before] })
            return gradients[0]
        }
        #expect(gradient(before).array == zip(gradient(nil).array, before.array).map { $0 + $1 })
    }

    @Test func bitsDoNotDependOnThreads() {
        for c in [
            ConvolutionCase([2, 40, 50, 24], 40, ConvolutionGeometry(kernel: 3, padding: 1)),
            ConvolutionCase([2, 33, 61, 3], 32, ConvolutionGeometry(kernel: 3, stride: 2, padding: 1)),
        ] {
            let (x, w) = (testTensor("x", c.input), testTensor("w", c.weightShape))
            expectSameBits {
                let y = convolve(x, weight: w, c.geometry)
                return [
                    y, convolutionDataGradient(y, weight: w, c.geometry, inputShape: c.input),
                    convolutionWeightGradient(x, dY: y, c.geometry), columnSums(y),
                ]
            }
        }
    }
}
