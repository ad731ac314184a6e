import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

/// Where images are kept apart, the gradient of what they share comes image by image: each the one that the image alone
/// gives, to the last bit.
@Suite struct ImagesApartTests {
    /// An op of a batch and of parameters that all its images share.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let input: [Int]
        let parameters: [[Int]]
        let op: @Sendable (Variable, [Variable]) -> Variable
    }

    static let cases = [
        Case(testDescription: "convolution", input: [3, 5, 6, 4], parameters: [[7, 3, 3, 4], [7]]) {
            convolution($0, weight: $1[0], bias: $1[1], .init(kernel: 3, stride: 1, padding: 1, dilation: 1))
        },
        Case(testDescription: "depthwise convolution", input: [3, 5, 6, 4], parameters: [[3, 3, 4], [4]]) {
            depthwiseConvolution($0, weight: $1[0], bias: $1[1], .init(kernel: 3, stride: 1, padding: 1, dilation: 1))
        },
        Case(testDescription: "transposed convolution", input: [3, 4, 5, 4], parameters: [[4, 4, 4, 6]]) {
            transposedConvolution($0, weight: $1[0], .init(kernel: 4, stride: 2, padding: 1, dilation: 1))
        },
        Case(testDescription: "linear", input: [3, 7, 5], parameters: [[6, 5], [6]]) {
            linear($0, weight: $1[0], bias: $1[1])
        },
        Case(testDescription: "a part of a weight", input: [3, 7, 5], parameters: [[12, 5], [12]]) {
            linear($0, weight: slice($1[0], 3..<9), bias: slice($1[1], 3..<9))
        },
        Case(testDescription: "a product of weights", input: [3, 7, 5], parameters: [[6, 9], [4, 5], [4, 1]]) {
            linear(
                $0, weight: matrixProduct($1[0], columns: 2..<6, $1[1]),
                bias: reshape(matrixProduct($1[0], columns: 2..<6, $1[2]), [6]))
        },
        Case(testDescription: "layer norm", input: [3, 7, 5], parameters: [[5], [5]]) {
            layerNorm($0, weight: $1[0], bias: $1[1], epsilon: 1e-5)
        },
        Case(testDescription: "group norm", input: [3, 4, 5, 6], parameters: [[6], [6]]) {
            groupNorm($0, weight: $1[0], bias: $1[1], groups: 2, epsilon: 1e-5)
        },
        Case(testDescription: "affine map of channels", input: [3, 4, 5, 6], parameters: [[6], [6]]) {
            channelAffine($0, scale: $1[0], shift: $1[1], relu: true)
        },
        Case(testDescription: "sum and product", input: [3, 7, 5], parameters: [[7, 5], [5]]) {
            multiply(add($0, $1[0]), $1[1])
        },
        Case(testDescription: "window attention", input: [3, 5, 6, 12], parameters: [[12], [9, 2]]) {
            windowAttention($0, padding: $1[0], table: $1[1], heads: 2, WindowShape(side: 2, shift: 1), scale: 0.5)
        },
        Case(testDescription: "global query", input: [3, 5, 6, 4], parameters: [[4, 1]]) {
            globalQuery($0, weight: $1[0])
        },
        Case(testDescription: "deformable convolution", input: [3, 5, 6, 4], parameters: [[3, 3, 3, 4]]) {
            let offsets = Tensor(zeros: Array($0.shape.dropLast()) + [27])
            return deformableConvolution($0, offsetMask: Variable(offsets), weight: $1[0])
        },
    ]

    @Test(arguments: cases) func eachImageGivesItsOwnGradient(test: Case) {
        let input = testTensor("x", test.input)
        let values = test.parameters.enumerated().map { testTensor("p\($0)", $1) }
        /// The gradients of the parameters for images `range`.
        func gradients(_ range: Range<Int>, apart: Bool) -> [Tensor?] {
            var gradients = [Tensor?](repeating: nil, count: values.count)
            let parameters = values.enumerated().map { index, value in
                Variable(leaf: value) { gradients[index] = $0 }
            }
            let y = test.op(Variable(input.items(range), images: apart ? range.count : nil), parameters)
            let weights = testTensor("dY", [test.input[0]] + y.shape.dropFirst()).items(range)
            backward(record(Tensor([0], shape: [1]), inputs: [y]) { _ in [weights] })
            return gradients
        }
        let apart = gradients(0..<3, apart: true)
        for image in 0..<3 {
            for (index, alone) in gradients(image..<image + 1, apart: false).enumerated() {
                let part = apart[index]?.items(image..<image + 1)
                #expect(apart[index]?.shape == [3] + test.parameters[index])
                #expect(part?.array.map(\.bitPattern) == alone?.array.map(\.bitPattern), "image \(image)")
            }
        }
    }

    @Test func batchNormSumsImagesInTheTree() {
        let x = testTensor("x", [3, 4, 5, 6])
        let (weight, bias) = (testTensor("w", [6]), testTensor("b", [6]))
        func run(_ images: Int?) -> ((output: Variable, mean: Tensor, variance: Tensor), [Tensor]) {
            var gradients = [Tensor](repeating: x, count: 3)
            let leaves = [x, weight, bias].enumerated().map { index, value in
                Variable(leaf: value) { gradients[index] = $0 }
            }
            let input = images == nil ? leaves[0] : add(Variable(Tensor(zeros: x.shape), images: images), leaves[0])
            let result = batchNorm(input, weight: leaves[1], bias: leaves[2], epsilon: 1e-5, relu: true)
            let weights = testTensor("dY", x.shape)
            backward(record(Tensor([0], shape: [1]), inputs: [result.output]) { _ in [weights] })
            return (result, gradients)
        }
        let ((whole, together), (apart, byImage)) = (run(nil), run(3))
        #expect(byImage[1].shape == [3, 6] && byImage[2].shape == [3, 6])
        expectClose(apart.output.value, whole.output.value)
        expectClose(byImage[0], together[0])
        for index in 1...2 {
            let sum = (0..<6).map { c in (0..<3).reduce(Float(0)) { $0 + byImage[index].array[$1 * 6 + c] } }
            expectClose(Tensor(sum, shape: [6]), together[index])
        }
    }

    @Test func theTreeDoesNotDependOnParts() {
        let values = (0..<13).map { Double($0) * 1.1 + 1 / Double($0 + 1) }
        func tree(_ range: Range<Int>) -> Double { ImageTree.sum(values[range]) }
        // Two machines with eight and five images add up to one with thirteen.
        #expect(tree(0..<8) + tree(8..<13) == tree(0..<13))
        #expect((tree(0..<4) + tree(4..<8)) + tree(8..<13) == tree(0..<13))
        #expect(ImageTree.sum([Double]()) == 0 && ImageTree.sum([2.5]) == 2.5)
    }

    private func expectClose(_ a: Tensor, _ b: Tensor, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(a.shape == b.shape, sourceLocation: sourceLocation)
        let error = zip(a.array, b.array).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(error < 1e-5, sourceLocation: sourceLocation)
    }
}
