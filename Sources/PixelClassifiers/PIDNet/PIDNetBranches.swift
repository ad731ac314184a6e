import Autodiff
import Layers

/// PIDNet without its heads: from an image to the map that they read.
struct PIDNetBranches {
    /// What a pass computes.
    struct Maps {
        /// What becomes of all branches: [B, H/8, W/8, 4C].
        let fused: Variable
        /// The detail branch after `pag3`: [B, H/8, W/8, 2C].
        let detail: Variable
        /// The boundary branch after its second sum: [B, H/8, W/8, 2C].
        let boundary: Variable
        /// Maps that comparisons look at.
        let features: [(name: String, map: Variable)]
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
        func normed(_ name: String, _ inputs: Int, _ outputs: Int, kernel: Int) -> ConvNormActivation {
            let scope = root.child(name)
            return .kaiming(scope.child(0), scope.child(1), inputs: inputs, outputs: outputs, kernel: kernel)
        }
        stem = [(0, 3), (3, planes)].map { index, inputs in
            let scope = root.child("conv1")
            var sizes = ConvNormActivation.Configuration(inputs: inputs, outputs: planes)
            (sizes.kernel, sizes.stride, sizes.hasBias, sizes.initializer) = (3, 2, true, .msra)
            return ConvNormActivation(convolution: scope.child(index), norm: scope.child(index + 1), sizes)
        }
        layer1 = Basic(root.child("layer1"), inputs: planes, width: planes, count: stemBlocks, .relu)
        layer2 = Basic(root.child("layer2"), inputs: planes, width: 2 * planes, count: stemBlocks, stride: 2, .relu)
        layer3 = Basic(
            root.child("layer3"), inputs: 2 * planes, width: 4 * planes, count: branchBlocks, stride: 2, .relu)
        layer4 = Basic(
            root.child("layer4"), inputs: 4 * planes, width: 8 * planes, count: branchBlocks, stride: 2, .relu)
        layer5 = Expanding(root.child("layer5"), inputs: 8 * planes, width: 8 * planes, count: 2, stride: 2)
        pooling = PyramidPooling(
            root.child("spp"), inputs: 16 * planes, width: configuration.poolingPlanes, outputs: 4 * planes,
            isParallel: configuration.isLight)

        compression3 = normed("compression3", 4 * planes, 2 * planes, kernel: 1)
        compression4 = normed("compression4", 8 * planes, 2 * planes, kernel: 1)
        attention3 = PixelAttentionFusion(root.child("pag3"), channels: 2 * planes, keyChannels: planes)
        attention4 = PixelAttentionFusion(root.child("pag4"), channels: 2 * planes, keyChannels: planes)
        detail3 = Basic(root.child("layer3_"), inputs: 2 * planes, width: 2 * planes, count: stemBlocks)
        detail4 = Basic(root.child("layer4_"), inputs: 2 * planes, width: 2 * planes, count: stemBlocks)
        detail5 = Expanding(root.child("layer5_"), inputs: 2 * planes, width: 2 * planes, count: 1)

        // The light branch is half as wide before its second sum.
        let width = configuration.isLight ? planes : 2 * planes
        boundary3 = PIDNetBasicBlock(root.child("layer3_d"), inputs: 2 * planes, width: width, stride: 1, .relu)
        boundary4 =
            configuration.isLight
            ? PIDNetBottleneck(root.child("layer4_d").child(0), inputs: planes, width: planes, stride: 1, .relu)
            : PIDNetBasicBlock(root.child("layer4_d"), inputs: width, width: width, stride: 1, .relu)
        boundary5 = Expanding(root.child("layer5_d"), inputs: 2 * planes, width: 2 * planes, count: 1)
        difference3 = normed("diff3", 4 * planes, width, kernel: 3)
        difference4 = normed("diff4", 8 * planes, 2 * planes, kernel: 3)
        fusion = BoundaryFusion(root.child("dfm"), channels: 4 * planes, isLight: configuration.isLight)
    }

    /// [B, H, W, 3], H and W multiples of 8.
    func callAsFunction(_ image: Variable, _ context: ForwardContext) -> Maps {
        let quarter = context.measured("conv1") { stem.reduce(image) { $1($0, context) } }
        let first = context.measured("layer1") { layer1(quarter, context) }
        let eighth = context.measured("layer2") { layer2(first, context) }
        func enlarged(_ x: Variable) -> Variable {
            resizeBilinear(x, height: eighth.shape[1], width: eighth.shape[2])
        }

        let context3 = context.measured("layer3") { layer3(eighth, context) }
        let own3 = context.measured("layer3_") { detail3(eighth, context) }
        let compressed3 = context.measured("compression3") { compression3(context3, context) }
        let detail = context.measured("pag3") { attention3(own3, compressed3, context) }
        let diff3 = context.measured("diff3") { enlarged(difference3(context3, context)) }
        let edges3 = context.measured("layer3_d") { boundary3(eighth, adding: diff3, context) }

        let context4 = context.measured("layer4") { layer4(context3, context) }
        let own4 = context.measured("layer4_") { detail4(detail, context) }
        let compressed4 = context.measured("compression4") { compression4(context4, context) }
        let attended4 = context.measured("pag4") { attention4(own4, compressed4, context) }
        let diff4 = context.measured("diff4") { difference4(context4, context) }
        let boundary = context.measured("layer4_d") { boundary4(edges3, adding: enlarged(diff4), context) }

        let p = context.measured("layer5_") { detail5(attended4, context) }
        let d = context.measured("layer5_d") { boundary5(boundary, context) }
        let context5 = context.measured("layer5") { layer5(context4, context) }
        let pooled = context.measured("spp") { pooling(context5, context) }
        let fused = context.measured("dfm") { fusion(p: p, i: enlarged(pooled), d: d, context) }
        return Maps(
            fused: fused, detail: detail, boundary: boundary,
            features: [("pag4", attended4), ("diff4", diff4), ("layer5", context5), ("spp", pooled)])
    }
}
