import Autodiff
import Layers

/// PIDNet without its heads: from an image to the maps that they read.
struct PIDNetBranches {
    /// What a pass computes.
    struct Maps {
        /// What becomes of all branches: [B, H/8, W/8, 4C].
        let fused: Variable
        /// The detail branch after `pag3` and its ReLU: [B, H/8, W/8, 2C].
        let detail: Variable
        /// The boundary branch after its second sum and ReLU: [B, H/8, W/8, 2C].
        let boundary: Variable
    }

    private typealias Basic = PIDNetLayer<PIDNetBasicBlock>
    private typealias Expanding = PIDNetLayer<PIDNetBottleneck>

    private let stem: [ConvNormActivation]
    private let layer1, layer2, layer3, layer4: Basic
    private let layer5: Expanding
    private let pooling: PyramidPooling
    private let compression3, compression4: ConvNormActivation
    private let attention3, attention4: PixelAttentionFusion
    private let detail3, detail4: Basic
    private let detail5: Expanding
    private let boundary3, boundary4: any PIDNetBlock
    private let boundary5: Expanding
    private let difference3, difference4: ConvNormActivation
    private let fusion: BoundaryFusion

    init(_ root: ParameterScope, _ configuration: PIDNet.Configuration) {
        let planes = configuration.planes
        let (stemBlocks, branchBlocks) = (configuration.stemBlocks, configuration.branchBlocks)
        func basic(_ name: String, _ inputs: Int, _ width: Int, _ count: Int, stride: Int = 2) -> Basic {
            Basic(root.child(name), inputs: inputs * planes, width: width * planes, count: count, stride: stride)
        }
        func expanding(_ name: String, _ width: Int, count: Int = 1, stride: Int = 1) -> Expanding {
            Expanding(root.child(name), inputs: width * planes, width: width * planes, count: count, stride: stride)
        }
        func normed(_ name: String, _ inputs: Int, _ outputs: Int, kernel: Int) -> ConvNormActivation {
            let scope = root.child(name)
            return .kaiming(
                scope.child(0), scope.child(1), inputs: inputs * planes, outputs: outputs * planes, kernel: kernel)
        }
        func attention(_ name: String) -> PixelAttentionFusion {
            PixelAttentionFusion(root.child(name), channels: 2 * planes, keyChannels: planes)
        }
        stem = [(0, 3), (3, planes)].map { index, inputs in
            let scope = root.child("conv1")
            var sizes = ConvNormActivation.Configuration(inputs: inputs, outputs: planes)
            (sizes.kernel, sizes.stride, sizes.hasBias, sizes.initializer) = (3, 2, true, .msra)
            return ConvNormActivation(convolution: scope.child(index), norm: scope.child(index + 1), sizes)
        }
        layer1 = basic("layer1", 1, 1, stemBlocks, stride: 1)
        layer2 = basic("layer2", 1, 2, stemBlocks)
        layer3 = basic("layer3", 2, 4, branchBlocks)
        layer4 = basic("layer4", 4, 8, branchBlocks)
        layer5 = expanding("layer5", 8, count: 2, stride: 2)
        pooling = PyramidPooling(
            root.child("spp"), inputs: 16 * planes, width: configuration.poolingPlanes, outputs: 4 * planes,
            isParallel: configuration.isLight)

        compression3 = normed("compression3", 4, 2, kernel: 1)
        compression4 = normed("compression4", 8, 2, kernel: 1)
        (attention3, attention4) = (attention("pag3"), attention("pag4"))
        detail3 = basic("layer3_", 2, 2, stemBlocks, stride: 1)
        detail4 = basic("layer4_", 2, 2, stemBlocks, stride: 1)
        detail5 = expanding("layer5_", 2)

        // The light branch is half as wide before its second sum.
        let (width, second) = (configuration.isLight ? 1 : 2, root.child("layer4_d"))
        boundary3 = PIDNetBasicBlock(root.child("layer3_d"), inputs: 2 * planes, width: width * planes, stride: 1)
        boundary4 =
            configuration.isLight
            ? PIDNetBottleneck(second.child(0), inputs: planes, width: planes, stride: 1)
            : PIDNetBasicBlock(second, inputs: 2 * planes, width: 2 * planes, stride: 1)
        boundary5 = expanding("layer5_d", 2)
        difference3 = normed("diff3", 4, width, kernel: 3)
        difference4 = normed("diff4", 8, 2, kernel: 3)
        fusion = BoundaryFusion(root.child("dfm"), channels: 4 * planes, isLight: configuration.isLight)
    }

    /// [B, H, W, 3], H and W multiples of 8.
    func callAsFunction(_ image: Variable, _ context: ForwardContext) -> Maps {
        let quarter = context.measured("conv1") { stem.reduce(image) { $1($0, context) } }
        let first = rectified("layer1", context) { layer1(quarter, relu: $0, context) }
        let eighth = rectified("layer2", context) { layer2(first, relu: $0, context) }
        func enlarged(_ x: Variable) -> Variable {
            resizeBilinear(x, height: eighth.shape[1], width: eighth.shape[2])
        }

        let context3 = rectified("layer3", context) { layer3(eighth, relu: $0, context) }
        let own3 = context.measured("layer3_") { detail3(eighth, context) }
        let compressed3 = context.measured("compression3") { compression3(context3, context) }
        let detail = rectified("pag3", context) { attention3(own3, compressed3, relu: $0, context) }
        let difference = context.measured("diff3") { difference3(context3, context) }
        let edges = summed("layer3_d", boundary3, eighth, enlarged(difference), context)

        let context4 = rectified("layer4", context) { layer4(context3, relu: $0, context) }
        let own4 = context.measured("layer4_") { detail4(detail, context) }
        let compressed4 = context.measured("compression4") { compression4(context4, context) }
        let attended = rectified("pag4", context) { attention4(own4, compressed4, relu: $0, context) }
        let second = context.measured("diff4") { difference4(context4, context) }
        let boundary = summed("layer4_d", boundary4, edges, enlarged(second), context)

        let p = context.measured("layer5_") { detail5(attended, context) }
        let d = context.measured("layer5_d") { boundary5(boundary, context) }
        let context5 = context.measured("layer5") { layer5(context4, context) }
        let pooled = context.measured("spp") { pooling(context5, context) }
        let fused = context.measured("dfm") { fusion(p: p, i: enlarged(pooled), d: d, context) }
        return Maps(fused: fused, detail: detail, boundary: boundary)
    }

    /// The ReLU of a module's map: where no graph is recorded the module does it too.
    private func rectified(_ name: String, _ context: ForwardContext, _ module: (_ relu: Bool) -> Variable) -> Variable
    {
        let fuses = !context.recordsGradients
        let map = context.measured(name) { module(fuses) }
        return fuses ? map : relu(map)
    }

    /// The ReLU of a block's map plus `above`: where no graph is recorded the block does both too.
    private func summed(
        _ name: String, _ block: any PIDNetBlock, _ x: Variable, _ above: Variable, _ context: ForwardContext
    ) -> Variable {
        let fuses = !context.recordsGradients
        let map = context.measured(name) { block(x, adding: fuses ? above : nil, relu: fuses, context) }
        return fuses ? map : relu(add(map, above))
    }
}
