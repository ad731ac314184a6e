import Autodiff
import Configurations
import Families
import Layers
import Networks
import Tensors

/// A small network whose weights and picture are functions of names (`FillRule`), and what the official code computes
/// of them.
package struct SelfTestGolden: Sendable {
    /// Those that the program carries.
    package static let all = [pem]

    /// Whose network it is.
    package let name: String
    /// Its configuration, as an official file would have it.
    package let configuration: String
    /// The picture by its name in the fill rule, and its size.
    package let image: String
    package let height, width: Int
    /// Class logits [Q, classes + 1] of the last layer.
    package var classLogits: [Double]
    /// Every second row and column of its mask logits [Q, H, W].
    package var maskLogits: [Double]
    /// For each parameter, by the order of names, the L2 norm of its gradient and the product with fixed numbers.
    package var gradients: [Double]

    /// What this program computes, by how much it differs.
    package struct Result: Sendable {
        /// Whose network it is.
        package let name: String
        /// The largest difference of logits, relative to the largest logit.
        package let logitsError: Double
        /// The largest difference of a gradient's numbers, relative to its norm, and whose it is.
        package let gradientError: Double
        package let worstGradient: String
        /// Whether these are roundings: the official code in float32 differs by 1e-6 and 4e-5.
        package var isRight: Bool { logitsError < 1e-4 && gradientError < 1e-2 }
    }

    /// Computes it here. Throws `ConfigError`.
    package func run() throws -> Result {
        let family = try RunConfiguration.parse(yaml: configuration, name: "self-test", families: networkFamilies)
            .network()
        let network = family.network(seed: 0)
        for parameter in network.store.parameters {
            let values = FillRule.parameter(parameter.name, parameter.officialShape)
            parameter.load(officialValues: values.map { Float($0) })
        }
        let batch = network.input.batch([FillRule.image(image, height: height, width: width)])
        let logits = network(batch, .evaluation).masks.map { masks in
            max(
                Self.error(masks.finalClassLogits.array, classLogits),
                Self.error(everySecond(masks.finalMaskLogits.channelsFirst), maskLogits))
        }
        let (error, worst) = gradientError(network, batch)
        return Result(name: name, logitsError: logits ?? .infinity, gradientError: error, worstGradient: worst)
    }

    /// The gradients of the sum of all logits, each times a fixed number.
    private func gradientError(_ network: any Network, _ batch: Tensor) -> (error: Double, name: String) {
        guard let masks = network(batch, .trainingWithFrozenStatistics).masks, let classes = masks.classLogits.last,
            let embedding = masks.maskEmbeddings.last
        else { return (.infinity, "all") }
        let map = masks.maskFeatures.shape
        let pixels = map[1] * map[2]
        let features = reshape(masks.maskFeatures, [1, pixels, map[3]])
        let logits = maskProduct(maskEmbedding: embedding, features: features)
        // [Q, N] in the official order, [N, Q] here.
        let (queries, weights) = (logits.shape[2], Self.weights("pred_masks", logits.value.count))
        let turned = (0..<weights.count).map { weights[$0 % queries * pixels + $0 / queries] / Double(pixels) }
        let both = [(classes, Self.weights("pred_logits", classes.value.count)), (logits, turned)].map { term in
            (logits: term.0, weights: Tensor(term.1.map { Float($0) }, shape: term.0.shape))
        }
        backward(record(Tensor(zeros: [1]), inputs: both.map(\.logits)) { _ in both.map(\.weights) })
        let found = network.store.trainable.filter { $0.gradient != nil }.sorted { $0.name < $1.name }
        guard 2 * found.count == gradients.count else { return (.infinity, "all") }
        let errors = found.enumerated().map { index, parameter in
            (Self.error(of: parameter, norm: gradients[2 * index], product: gradients[2 * index + 1]), parameter.name)
        }
        return errors.max { $0.0 < $1.0 } ?? (.infinity, "all")
    }

    private static func error(of parameter: Parameter, norm: Double, product: Double) -> Double {
        guard let gradient = parameter.gradient else { return .infinity }
        let values = parameter.layout.officialValues(gradient, officialShape: parameter.officialShape).map {
            Double($0)
        }
        let own = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let ownProduct = zip(values, weights(parameter.name, values.count)).reduce(0) { $0 + $1.0 * $1.1 }
        let errors = [own - norm, ownProduct - product].map { abs($0) / max(norm, 1e-12) }
        return errors.contains(where: \.isNaN) ? .infinity : max(errors[0], errors[1])
    }

    /// Numbers from −1 to 1.
    private static func weights(_ name: String, _ count: Int) -> [Double] {
        FillRule.uniform("weights:" + name, count).map { 2 * $0 - 1 }
    }

    /// [1, Q, H, W] at rows and columns 0, 2, 4, ….
    private func everySecond(_ maps: Tensor) -> [Float] {
        let (values, height, width) = (maps.array, maps.shape[2], maps.shape[3])
        return values.indices.filter { $0 / width % height % 2 == 0 && $0 % width % 2 == 0 }.map { values[$0] }
    }

    private static func error(_ values: [Float], _ expected: [Double]) -> Double {
        guard values.count == expected.count else { return .infinity }
        let largest = expected.reduce(0) { max($0, abs($1)) }
        let error = zip(values, expected).reduce(0) { worst, pair in
            let error = abs(Double(pair.0) - pair.1) / largest
            return error.isNaN ? .infinity : max(worst, error)
        }
        return error
    }
}
