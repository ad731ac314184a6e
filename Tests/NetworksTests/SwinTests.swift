import Autodiff
import Backbones
import Layers
import Networks
import Tensors
import TestSupport
import Testing

@Suite struct SwinTests {
    private static var tiny: SwinTransformer.Configuration {
        var configuration = SwinTransformer.Configuration()
        configuration.embeddingChannels = 8
        configuration.depths = [2, 2, 1, 2]
        configuration.headCounts = [1, 2, 4, 8]
        configuration.windowSize = 3
        return configuration
    }

    /// Parameters of swin.py, with the four norms of its outputs.
    @Test(arguments: [([2, 2, 6, 2], 27_520_698), ([2, 2, 18, 2], 48_838_602)])
    func parameterCounts(depths: [Int], count: Int) {
        var configuration = SwinTransformer.Configuration()
        configuration.depths = depths
        let store = ParameterStore(seed: 1)
        _ = configuration.make(store.root.child("backbone"))
        #expect(store.parameterCount == count)
    }

    /// Patches 48E a token, blocks 4n′C² + 8nC² + 2n′w²C, mergings 8C² a token: on a 5 × 7 map, padded to 6 × 9.
    @Test func workIsThatOfPaddedWindows() {
        let trace = ForwardTrace()
        let swin = Self.tiny.make(ParameterStore(seed: 1).root.child("backbone"))
        _ = swin(Variable(testTensor("x", [1, 19, 26, 3])), .evaluation.traced(by: trace))
        let (tokens, padded) = (35, 54)
        let blocks = 2 * (4 * padded * 64 + 8 * tokens * 64 + 2 * padded * 9 * 8)
        #expect(trace.modules.first { $0.name == "patch_embed" }?.work.products == 48 * 8 * tokens)
        #expect(trace.modules.first { $0.name == "layers.0" }?.work.products == blocks + 12 * 8 * 64)
    }

    /// Sides that neither patches, windows nor mergings divide; streamed as with a graph.
    @Test(arguments: [[1, 64, 64], [2, 37, 50], [1, 5, 3]], [false, true]) func anySize(size: [Int], plain: Bool) {
        var configuration = Self.tiny
        if plain { (configuration.hasQKVBias, configuration.normalizesPatches) = (false, false) }
        configuration.positionImageSize = plain ? 32 : nil
        let swin = configuration.make(ParameterStore(seed: 1).root.child("backbone"))
        let x = Variable(testTensor("x", size + [3]))
        let (streamed, kept) = (swin(x, .evaluation), swin(x, .training))
        var (height, width) = ((size[1] + 3) / 4, (size[2] + 3) / 4)
        for (index, (a, b)) in zip(streamed.maps, kept.maps).enumerated() {
            #expect(a.shape == [size[0], height, width, 8 << index])
            assertClose(a.value, b.value.array.map(Double.init))
            (height, width) = ((height + 1) / 2, (width + 1) / 2)
        }
    }

    private func context(step: Int) -> ForwardContext {
        var context = ForwardContext.training
        context.random = ImageStreams(seed: 3, step: step)
        return context
    }

    @Test func dropPathDropsWholeImages() {
        let dropPath = DropPath(rate: 0.25, use: "a")
        let x = Variable(testTensor("x", [400, 2, 3]))
        let y = dropPath(x, context(step: 0))
        var kept = 0
        for image in 0..<400 {
            let (before, after) = (x.value.items(image..<image + 1).array, y.value.items(image..<image + 1).array)
            let isKept = after.contains { $0 != 0 }
            kept += isKept ? 1 : 0
            for (a, b) in zip(before, after) { #expect(isKept ? abs(b - a / 0.75) < 1e-6 : b == 0) }
        }
        #expect((270...330).contains(kept))
        func values(_ dropPath: DropPath, _ context: ForwardContext) -> [Float] { dropPath(x, context).value.array }
        #expect(values(dropPath, context(step: 0)) == y.value.array)
        #expect(values(dropPath, context(step: 1)) != y.value.array)
        #expect(values(DropPath(rate: 0.25, use: "b"), context(step: 0)) != y.value.array)
        #expect(values(dropPath, .evaluation) == x.value.array && values(dropPath, .training) == x.value.array)
        #expect(values(DropPath(rate: 0, use: "a"), context(step: 0)) == x.value.array)
    }

    /// The parts of a batch draw what the whole does.
    @Test func dropPathDoesNotDependOnParts() {
        let dropPath = DropPath(rate: 0.5, use: "a")
        let x = testTensor("x", [8, 5])
        var second = ForwardContext.training
        second.random = ImageStreams(seed: 3, step: 0, firstImage: 4)
        let whole = dropPath(Variable(x), context(step: 0)).value.array
        #expect(Array(whole[20...]) == dropPath(Variable(x.items(4..<8)), second).value.array)
    }

    @Test(arguments: [false, true]) func recomputedBlocksGiveTheSameBits(keepsImagesApart: Bool) {
        func gradients(recomputes: Bool) -> [String: [UInt32]] {
            var configuration = Self.tiny
            configuration.recomputesBlocks = recomputes
            let store = ParameterStore(seed: 1)
            let swin = configuration.make(store.root.child("backbone"))
            var context = context(step: 5)
            context.keepsImagesApart = keepsImagesApart
            let maps = swin(context.batch(testTensor("x", [2, 45, 38, 3])), context).maps
            let dMaps = maps.enumerated().map { testTensor("d\($0)", $1.shape) }
            backward(record(Tensor([0], shape: [1]), inputs: maps) { _ in dMaps })
            return Dictionary(
                uniqueKeysWithValues: store.parameters.map { ($0.name, $0.gradient?.array.map(\.bitPattern) ?? []) })
        }
        let kept = gradients(recomputes: false)
        #expect(kept.values.allSatisfy { !$0.isEmpty })
        #expect(kept == gradients(recomputes: true))
    }

    @Test func repeatedPassesLeaveStatisticsAlone() {
        func runningMeans(recomputing: Bool) -> [[Float]] {
            let store = ParameterStore(seed: 1)
            let norm = BatchNorm(store.root, channels: 3, kind: .batch)
            let x = [Variable(testTensor("x", [2, 4, 4, 3]))]
            func body(_ x: [Variable], _ context: ForwardContext) -> Variable { norm(x[0], relu: false, context) }
            let context = ForwardContext.training
            let y = recomputing ? context.recomputed(x, body) : body(x, context)
            backward(record(Tensor([0], shape: [1]), inputs: [y]) { _ in [y.value] })
            return store.parameters.filter { $0.role == .buffer }.map(\.value.array)
        }
        #expect(runningMeans(recomputing: true) == runningMeans(recomputing: false))
    }
}
