import Autodiff
import Kernels
import Layers
import Tensors
import TestSupport
import Testing

@Suite struct LayerTests {
    @Test(arguments: [
        (ParameterLayout.convolution, [4, 3, 2, 5]), (.depthwise, [6, 1, 3, 3]),
        (.transposedConvolution, [3, 4, 4, 2]),
        (.plain, [5, 7]),
    ])
    func layoutsComeBack(layout: ParameterLayout, shape: [Int]) {
        let values = (0..<shape.reduce(1, *)).map(Float.init)
        let tensor = layout.engineTensor(values, officialShape: shape)
        #expect(tensor.shape == layout.engineShape(shape))
        #expect(layout.officialValues(tensor, officialShape: shape) == values)
    }

    @Test func convolutionWeightsAreChannelsLast() {
        // Official [O, I, kh, kw] = [1, 2, 1, 2]: channel 0 holds 0, 1 and channel 1 holds 2, 3.
        let tensor = ParameterLayout.convolution.engineTensor([0, 1, 2, 3], officialShape: [1, 2, 1, 2])
        #expect(tensor.array == [0, 2, 1, 3])
    }

    struct Block: Sendable {
        var kernel = 3
        var stride = 1
        var depthwise = false
        var residual = false
        var activation = Activation.relu
        var hasBias = false
        var norm = NormKind.batch
    }

    private static let blocks = [
        Block(kernel: 1), Block(residual: true), Block(stride: 2), Block(stride: 2, depthwise: true),
        Block(kernel: 7, stride: 2), Block(hasBias: true), Block(residual: true, hasBias: true, norm: .frozen),
        Block(residual: true, activation: .gelu), Block(residual: true, activation: .none),
        Block(residual: true, hasBias: true, norm: .group), Block(activation: .gelu, norm: .layer),
        Block(residual: true, hasBias: true, norm: .none), Block(activation: .none, norm: .none),
    ]

    /// Every operation by itself, in a recorded pass.
    private func parts(_ block: Block, _ store: ParameterStore, _ x: Variable, _ residual: Variable?) -> Variable {
        func value(_ name: String) -> Variable? {
            store.parameters.first { $0.name == name }.map { Variable($0.value) }
        }
        let geometry = ConvolutionGeometry(kernel: block.kernel, stride: block.stride, padding: block.kernel / 2)
        let weight = Variable(store.parameters[0].value)
        var y =
            block.depthwise
            ? depthwiseConvolution(x, weight: weight, bias: value("conv.bias"), geometry)
            : convolution(x, weight: weight, bias: value("conv.bias"), geometry)
        if let scale = value("norm.weight"), let shift = value("norm.bias") {
            switch block.norm {
            case .group: y = groupNorm(y, weight: scale, bias: shift, groups: 32, epsilon: 1e-5)
            case .layer: y = layerNorm(y, weight: scale, bias: shift, epsilon: 1e-5)
            case .batch, .frozen, .none:
                guard let mean = value("norm.running_mean"), let variance = value("norm.running_var") else { break }
                let factor = multiply(
                    scale, Variable(Tensor(variance.value.array.map { 1 / ($0 + 1e-5).squareRoot() }, shape: [64])))
                let offset = Variable(Tensor(mean.value.array.map { -$0 }, shape: [64]))
                y = channelAffine(y, scale: factor, shift: add(shift, multiply(offset, factor)), relu: false)
            }
        }
        if let residual { y = add(y, residual) }
        return switch block.activation {
        case .relu: relu(y)
        case .gelu: gelu(y)
        case .none: y
        }
    }

    /// A recorded pass and one by fused kernels compute what the operations one after the other do.
    @Test(arguments: blocks) func blocksEqualTheirParts(block: Block) {
        let store = ParameterStore(seed: 3)
        var sizes = ConvNormActivation.Configuration(inputs: 64, outputs: 64)
        (sizes.kernel, sizes.stride, sizes.depthwise) = (block.kernel, block.stride, block.depthwise)
        (sizes.activation, sizes.hasBias, sizes.norm) = (block.activation, block.hasBias, block.norm)
        let layer = ConvNormActivation(
            convolution: store.root.child("conv"), norm: store.root.child("norm"), sizes)
        for parameter in store.parameters.dropFirst() {
            parameter.load(officialValues: testTensor(parameter.name, [64]).array.map { 1 + 0.5 * $0 })
        }
        let x = Variable(testTensor("x", [2, 11, 14, 64]))
        let shape = parts(block, store, x, nil).shape
        let residual = block.residual ? Variable(testTensor("residual", shape)) : nil
        let expected = parts(block, store, x, residual).value.array.map(Double.init)
        assertClose(layer(x, .trainingWithFrozenStatistics, residual: residual).value, expected)
        assertClose(layer(x, .evaluation, residual: residual).value, expected)
    }

    /// Maps written where they belong are those that are joined.
    @Test func joinedMapsAreTheSameInPlace() {
        let x = testTensor("x", [1, 3, 4, 5])
        let results = [ForwardContext.evaluation, .training].map { context in
            var maps = JoinedMaps([1, 3, 4, 7], context)
            let first = maps.append(5) { into in
                guard let into else { return Variable(x) }
                for row in 0..<12 {
                    (into.output.data + row * 7 + into.channelOffset).update(from: x.data + row * 5, count: 5)
                }
                return Variable(into.output)
            }
            _ = maps.append(2) { into in
                let geometry = ConvolutionGeometry()
                let weight = testTensor("weight", [2, 1, 1, 5])
                return convolution(
                    first.map, weight: Variable(weight), bias: nil, geometry,
                    fusion: into.map { Fusion(Epilogue(), channels: first.channels, into: $0) })
            }
            return maps.joined.value
        }
        assertClose(results[0], results[1].array.map(Double.init))
    }

    @Test func streamsDifferByStepImageAndUse() {
        func value(seed: UInt64 = 1, step: Int = 2, first: Int = 0, image: Int = 3, use: String = "a") -> UInt64 {
            var stream = ImageStreams(seed: seed, step: step, firstImage: first).stream(image: image, use: use)
            return stream.next()
        }
        #expect(value(first: 3, image: 0) == value())
        let values = [value(), value(seed: 2), value(step: 3), value(image: 2), value(use: "b")]
        #expect(Set(values).count == values.count)
    }

    @Test func aTraceListsModulesWithWhatIsTheirOwn() {
        let store = ParameterStore(seed: 1)
        let layers = (0..<2).map { Linear(store.root.child($0), inputs: 3, outputs: 4) }
        let trace = ForwardTrace()
        let context = ForwardContext.evaluation.traced(by: trace)
        let x = Variable(testTensor("x", [2, 5, 3]))
        context.measured("a.b") {
            _ = layers[0](x, context)
            context.measured("c") { _ = layers[1](x, context) }
            context.measured("c") { _ = layers[1](x, context) }
        }
        _ = layers[0](x, context)
        #expect(trace.modules.map(\.name) == ["a.b", "a.b.c", "(no module)"])
        #expect(trace.modules.map(\.stage) == ["a.b", "a.b", "(no module)"])
        #expect(trace.modules.map(\.parameters) == [16, 16, 0])
        #expect(trace.modules.map(\.work.macs) == [120, 240, 120] && trace.work.published(.network) == 480)
        trace.reset()
        #expect(trace.modules.isEmpty)
    }

    @Test func runningStatisticsFollowTorch() {
        let store = ParameterStore(seed: 3)
        let norm = BatchNorm(store.root, channels: 1, kind: .batch)
        let x = Variable(Tensor([1, 2, 3, 6], shape: [1, 2, 2, 1]))
        _ = norm(x, relu: false, .training)
        // Mean 3, unbiased variance 14/3; momentum 0.1 from 0 and 1.
        let values = store.parameters.suffix(2).map { $0.value.scalar }
        #expect(abs(values[0] - 0.3) < 1e-6 && abs(values[1] - (0.9 + 0.1 * 14 / 3)) < 1e-6)
    }
}
