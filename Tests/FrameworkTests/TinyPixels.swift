import Annotations
import Autodiff
import Checkpoints
import ConfigFiles
import Configurations
import Criteria
import Layers
import Networks
import Tensors

/// A network that classifies every pixel by itself, and a loss of its own: what somebody would write who adds a family.
struct TinyPixels: NetworkFamily, Configurable {
    static let name = "TinyPixels"
    static let signs: KeyValuePairs = ["MODEL.META_ARCHITECTURE": ["TinyPixels"]]
    static let nameMaps: [NameMap] = [.detectron2]
    var width = 8
    var classCount = 1

    static var sections: [SettingSection<TinyPixels>] {
        [
            SettingSection("MODEL.TINY", [.integer("WIDTH", 8, \.width, in: 1...64, "Channels of the stem.")]),
            SettingSection("MODEL.SEM_SEG_HEAD", [.classCount(\.classCount)]),
        ]
    }

    var summary: String { "TinyPixels, \(width) channels" }
    func network(seed: UInt64) -> any Network { TinyPixelNetwork(self, seed: seed) }
    func criterion() -> any Criterion { PixelCrossEntropy() }
}

/// Two convolutions of stride 2 and a linear layer.
final class TinyPixelNetwork: Network {
    let store: ParameterStore
    let input = ImageNormalization()
    let classCount: Int
    private let convolutions: [ConvNormActivation]
    private let classifier: Linear

    init(_ tiny: TinyPixels, seed: UInt64) {
        store = ParameterStore(seed: seed)
        classCount = tiny.classCount
        let root = store.root
        convolutions = [3, tiny.width].enumerated().map { index, inputs in
            var block = ConvNormActivation.Configuration(inputs: inputs, outputs: tiny.width)
            (block.kernel, block.stride) = (3, 2)
            let scope = root.child("backbone").child(index)
            return ConvNormActivation(convolution: scope, norm: scope.child("norm"), block)
        }
        classifier = Linear(root.child("classifier"), inputs: tiny.width, outputs: classCount)
    }

    func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> any Prediction {
        let x = context.measured("backbone") { convolutions.reduce(context.batch(images)) { $1($0, context) } }
        return PixelPredictions(logits: [context.measured("classifier") { classifier(x, context) }])
    }
}

/// Cross-entropy at the pixels of the logits, whose labels are read at the upper left of what they cover.
struct PixelCrossEntropy: Criterion {
    func losses<Random: UniformSource>(
        _ prediction: any Prediction, targets: [ImageTargets], canvas: ImageSize, random: inout Random
    ) throws -> Losses {
        guard let logits = (prediction as? PixelPredictions)?.logits.last else { return Losses([]) }
        let (height, width, classes) = (logits.shape[1], logits.shape[2], logits.shape[3])
        let step = canvas.height / height
        let wanted = targets.flatMap { target in
            (0..<height * width).map { pixel in
                let (y, x) = (pixel / width * step, pixel % width * step)
                guard y < target.segments.height, x < target.segments.width else { return classes }
                return min(Int(target.labels?[y * target.segments.width + x] ?? 0), classes)
            }
        }
        // A further class, of weight 0, stands for what is ignored.
        let padded = concatenate([logits, Variable(Tensor(zeros: Array(logits.shape.dropLast()) + [1]))])
        let loss = crossEntropy(
            reshape(padded, [wanted.count, classes + 1]), targets: wanted,
            classWeights: Array(repeating: 1, count: classes) + [0])
        return Losses([.init(name: "loss_sem_seg", loss: loss)])
    }
}
