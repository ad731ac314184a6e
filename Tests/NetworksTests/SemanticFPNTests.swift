import Autodiff
import Layers
import Networks
import PixelClassifiers
import Tensors
import TestSupport
import Testing

@Suite struct SemanticFPNTests {
    private static let features = [4, 8, 16, 32].enumerated().map {
        FeatureShape(name: "res\($0 + 2)", stride: $1, channels: 3 + 2 * $0)
    }

    private static func configuration(_ classes: Int = 5) -> FPNHead.Configuration {
        var configuration = FPNHead.Configuration()
        (configuration.classCount, configuration.pyramidChannels, configuration.channels) = (classes, 6, 4)
        return configuration
    }

    private static func head(_ configuration: FPNHead.Configuration = configuration()) -> (FPNHead, ParameterStore) {
        let store = ParameterStore(seed: 1)
        let head = configuration.make(store.root, features: features)
        for parameter in store.parameters {
            let values = testTensor(parameter.name, [parameter.value.count]).array
            let isVariance = parameter.name.hasSuffix("running_var")
            parameter.load(officialValues: isVariance ? values.map { 1 + 0.5 * $0 } : values)
        }
        guard let head = head as? FPNHead else { preconditionFailure("the configuration makes its own head") }
        return (head, store)
    }

    /// Maps of an image of these sides.
    private static func maps(_ height: Int, _ width: Int, images: Int = 2) -> FeatureMaps {
        var size = (height: (height + 3) / 4, width: (width + 3) / 4)
        let maps = features.map { feature in
            let map = testTensor(feature.name, [images, size.height, size.width, feature.channels])
            size = ((size.height + 1) / 2, (size.width + 1) / 2)
            return Variable(map)
        }
        return FeatureMaps(features, maps)
    }

    private func logits(_ head: FPNHead, _ maps: FeatureMaps, _ context: ForwardContext) -> Variable {
        head(head.neck(maps, context), context)
    }

    /// mmsegmentation's names and shapes.
    @Test func names() {
        let (_, store) = Self.head()
        let shapes = Dictionary(uniqueKeysWithValues: store.parameters.map { ($0.name, $0.officialShape) })
        #expect(shapes["neck.lateral_convs.3.conv.weight"] == [6, 9, 1, 1])
        #expect(shapes["neck.fpn_convs.0.conv.bias"] == [6])
        #expect(shapes["decode_head.scale_heads.0.0.conv.weight"] == [4, 6, 3, 3])
        #expect(shapes["decode_head.scale_heads.3.0.bn.running_var"] == [4])
        #expect(shapes["decode_head.scale_heads.3.4.conv.weight"] == [4, 4, 3, 3])
        #expect(shapes["decode_head.conv_seg.weight"] == [5, 4, 1, 1] && shapes["decode_head.conv_seg.bias"] == [5])
        // 16 of the neck; 7 convolutions with norms of 4 tensors; 2 of the classifier.
        #expect(shapes.count == 16 + 7 * 5 + 2)
    }

    /// Sides that no stride divides: the enlarged maps are larger than the finest, and shrink to it.
    @Test(arguments: [(64, 64), (37, 50), (5, 3), (1, 130)]) func anySize(height: Int, width: Int) {
        let (head, _) = Self.head()
        let maps = Self.maps(height, width)
        let streamed = logits(head, maps, .evaluation)
        let kept = logits(head, maps, .trainingWithFrozenStatistics)
        #expect(streamed.shape == [2, (height + 3) / 4, (width + 3) / 4, 5])
        assertClose(streamed.value, kept.value.array.map(Double.init))
    }

    /// A coarser map reaches all finer ones, and no coarser one.
    @Test func thePyramidGoesDown() {
        let (head, _) = Self.head()
        let maps = Self.maps(40, 36)
        let plain = head.neck(maps, .evaluation).maps
        for changed in 0..<4 {
            var others = maps.maps
            others[changed] = add(others[changed], Variable(testTensor("more", others[changed].shape)))
            let pyramid = head.neck(FeatureMaps(Self.features, others), .evaluation).maps
            for level in 0..<4 {
                #expect((pyramid[level].value.array != plain[level].value.array) == (level <= changed))
            }
        }
    }

    /// Where the finer map is zero, what is seen of the coarser one are its nearest pixels (torch's `nearest`).
    @Test func theCoarserMapIsEnlargedByNearestPixels() {
        let (head, store) = Self.head()
        for parameter in store.parameters where parameter.name.hasPrefix("neck.") {
            if parameter.name.hasSuffix("bias") {
                parameter.load(officialValues: Array(repeating: 0, count: 6))
            } else if parameter.name.contains("fpn_convs") {
                // [6, 6, 3, 3]: each channel's own centre.
                parameter.load(officialValues: (0..<324).map { $0 % 9 == 4 && $0 / 54 == $0 / 9 % 6 ? 1 : 0 })
            }
        }
        var maps = Self.maps(76, 84, images: 1).maps
        maps[2] = Variable(Tensor(zeros: maps[2].shape))
        let pyramid = head.neck(FeatureMaps(Self.features, maps), .evaluation).maps
        let (coarse, fine) = (pyramid[3].value, pyramid[2].value)
        #expect(coarse.shape == [1, 3, 3, 6] && fine.shape == [1, 5, 6, 6])
        for y in 0..<5 {
            for x in 0..<6 {
                for c in 0..<6 {
                    #expect(fine.data[(y * 6 + x) * 6 + c] == coarse.data[(y * 3 / 5 * 3 + x * 3 / 6) * 6 + c])
                }
            }
        }
    }

    /// Whole channels of the sum are dropped in training, and none in evaluation.
    @Test func dropout() {
        var configuration = Self.configuration()
        configuration.dropout = 0.5
        let (head, _) = Self.head(configuration)
        let maps = Self.maps(40, 36, images: 1)
        var context = ForwardContext.trainingWithFrozenStatistics
        let plain = logits(head, maps, context).value.array
        let others = (0..<6).map { step in
            context.random = ImageStreams(seed: 3, step: step)
            return logits(head, maps, context).value.array
        }
        #expect(Set(others).count > 2 && !others.allSatisfy { $0 == plain })
    }

    /// Kaiming's, Xavier's and mmsegmentation's deviations; biases 0.
    @Test func initialValues() {
        let store = ParameterStore(seed: 1)
        _ = FPNHead.Configuration().make(store.root, features: Self.features)
        func deviation(_ name: String) -> Float {
            let values = store.parameters.first { $0.name == name }?.officialValues ?? []
            return (values.reduce(0) { $0 + $1 * $1 } / Float(values.count)).squareRoot()
        }
        let fans = Float(2 * 9 * 256)
        #expect(abs(deviation("neck.fpn_convs.0.conv.weight") / (2 / fans).squareRoot() - 1) < 0.02)
        let kaiming = (2 / Float(9 * 128)).squareRoot()
        #expect(abs(deviation("decode_head.scale_heads.1.0.conv.weight") / kaiming - 1) < 0.02)
        #expect(abs(deviation("decode_head.conv_seg.weight") / 0.01 - 1) < 0.05)
        #expect(deviation("neck.lateral_convs.2.conv.bias") == 0 && deviation("decode_head.conv_seg.bias") == 0)
    }
}
