import Autodiff
import Checkpoints
import ConfigFiles
import Configurations
import Criteria
import Layers
import Networks
import Tensors

/// A network of a few queries over two feature maps, trained by the shared criterion.
struct TinyMasks: NetworkFamily, Configurable {
    static let name = "TinyMasks"
    static let signs: KeyValuePairs = ["MODEL.META_ARCHITECTURE": ["TinyMasks"]]
    static let nameMaps: [NameMap] = [.detectron2]
    var classCount = 1
    var sampling = PointSamplingConfiguration()

    static var sections: [SettingSection<TinyMasks>] {
        [
            SettingSection("MODEL.SEM_SEG_HEAD", [.classCount(\.classCount)]),
            SettingSection(
                "MODEL.TINY_MASKS", [.integer("POINTS", 64, \.sampling.pointCount, in: 1...1000, "Points of a mask.")]),
        ]
    }

    var summary: String { "TinyMasks" }
    func network(seed: UInt64) -> any Network { TinyMaskNetwork(self, seed: seed) }

    func criterion() -> any Criterion {
        var configuration = SetCriterion.Configuration()
        configuration.sampling = sampling
        return SetCriterion(configuration)
    }
}

/// Maps at strides 4 and 8; queries attend to the coarse one, and their masks are products with the fine one.
final class TinyMaskNetwork: Network {
    let store: ParameterStore
    let input = ImageNormalization()
    let classCount: Int
    private let convolutions: [ConvNormActivation]
    private let queries: Parameter
    private let classes, masks: Linear
    private let width = 8

    init(_ tiny: TinyMasks, seed: UInt64) {
        store = ParameterStore(seed: seed)
        classCount = tiny.classCount
        let (scope, width) = (store.root, width)
        convolutions = [3, width, width].enumerated().map { index, inputs in
            var block = ConvNormActivation.Configuration(inputs: inputs, outputs: width)
            (block.kernel, block.stride) = (3, 2)
            let layer = scope.child("backbone").child(index)
            return ConvNormActivation(convolution: layer, norm: layer.child("norm"), block)
        }
        queries = scope.parameter("queries", [6, width], role: .embedding, .normal(deviation: 1))
        classes = Linear(scope.child("class_embed"), inputs: width, outputs: classCount + 1)
        masks = Linear(scope.child("mask_embed"), inputs: width, outputs: width)
    }

    func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> any Prediction {
        var maps: [Variable] = []
        for convolution in convolutions { maps.append(convolution(maps.last ?? context.batch(images), context)) }
        let batch = images.shape[0]
        let tokens = reshape(maps[2], [batch, maps[2].shape[1] * maps[2].shape[2], width])
        let zeros = Variable(Tensor(zeros: [batch, 6, width]), images: maps[0].images)
        let start = add(zeros, queries.variable(in: context))
        let found = add(start, attention(start, tokens, tokens, heads: 1))
        return MaskPredictions(
            classLogits: [classes(found, context)], maskEmbeddings: [masks(found, context)], maskFeatures: maps[1])
    }
}
