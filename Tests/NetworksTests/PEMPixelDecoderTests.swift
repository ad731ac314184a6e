import Autodiff
import Layers
import MaskClassifiers
import Networks
import Tensors
import TestSupport
import Testing

@Suite struct PEMPixelDecoderTests {
    /// In evaluation means, gates and sums of levels are part of convolutions; in a recorded pass they are operations.
    @Test(arguments: [false, true], [false, true])
    func evaluationAgreesWithTheSeparateOperations(isModulated: Bool, isDeformable: Bool) {
        var configuration = PEMPixelDecoder.Configuration()
        (configuration.channels, configuration.maskDimension) = (32, 16)
        (configuration.isModulated, configuration.isDeformable) = (isModulated, isDeformable)
        let shapes = [8, 12, 16, 20].enumerated().map {
            FeatureShape(name: "res\($0 + 2)", stride: 4 << $0, channels: $1)
        }
        let store = ParameterStore(seed: 3)
        let decoder = configuration.make(store.root, inputs: shapes)
        for parameter in store.parameters where parameter.name.hasSuffix("running_mean") {
            parameter.load(officialValues: testTensor(parameter.name, [parameter.officialValues.count]).array)
        }
        let maps = shapes.map {
            Variable(testTensor($0.name, [2, 128 / $0.stride, 192 / $0.stride, $0.channels]))
        }
        func outputs(_ context: ForwardContext) -> [Tensor] {
            let output = decoder(FeatureMaps(shapes, maps), context)
            return [output.maskFeatures.value] + output.multiScale.map(\.value)
        }
        for (result, expected) in zip(outputs(.evaluation), outputs(.trainingWithFrozenStatistics)) {
            assertClose(result, expected.array.map(Double.init), tolerance: 1e-5)
        }
    }

    @Test func axesOfPositionsAddUp() {
        let (rows, columns) = sinePositionAxes(height: 5, width: 7, channels: 16)
        let position = sinePosition(images: 2, height: 5, width: 7, channels: 16).array
        #expect(rows.shape == [5, 16] && columns.shape == [7, 16])
        for index in position.indices {
            let (pixel, channel) = (index / 16 % 35, index % 16)
            let sum = rows.array[pixel / 7 * 16 + channel] + columns.array[pixel % 7 * 16 + channel]
            #expect(position[index] == sum)
        }
    }
}
