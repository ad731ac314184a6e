import Annotations
import Engine
import Inference
package import Networks
import Recipes

// Unchecked: the network has properties that change, which only training does; what evaluation keeps is locked.
/// A network with its weights, ready to segment pictures. Several tasks may use it at once, with equal results.
public final class SegmentationModel: @unchecked Sendable {
    /// What the network is.
    public let configuration: NetworkConfiguration
    /// The classes that it tells apart, by number.
    public let classes: [SegmentationClass]
    /// What the user should know of the weights, a line each: none where all fits.
    public let notes: [String]
    private let inference: NetworkInference
    private let areThings: [Bool]

    /// Makes the network of a configuration and loads its weights: safetensors, or a file of torch with official names,
    /// at `weights`, nil: at MODEL.WEIGHTS of the configuration.
    ///
    /// `classes` are numbered 0, 1, …; nil: those of the configuration's data sets, and numbers for names where these
    /// are not known. Throws `SegmentationError` for weights that do not fit, naming tensors and shapes.
    public convenience init(
        _ configuration: NetworkConfiguration, weights: String? = nil, classes: [SegmentationClass]? = nil
    ) throws {
        let run = configuration.setup.configuration
        guard let path = weights ?? run.model.weights else {
            throw SegmentationError(
                place: "MODEL.WEIGHTS", what: "no weights are named", expected: "a file",
                advice: "give a path as weights, or set the key")
        }
        let network = try SegmentationError.translating { try run.network().network(seed: 0) }
        let notes = try SegmentationError.translating {
            try RunFiles.openWeights(path, configuration.setup).load(into: network.store)
        }
        try self.init(configuration, network, classes: classes, notes: notes)
    }

    /// A network that nothing changes any more.
    package init(
        _ configuration: NetworkConfiguration, _ network: any Network, classes: [SegmentationClass]?, notes: [String]
    ) throws {
        SegmentationRuntime.prepare()
        let run = configuration.setup.configuration
        let table = try configuration.table(classes)
        self.configuration = configuration
        self.classes = SegmentationClass.all(of: table)
        self.notes = notes
        areThings = table.isThing
        inference = NetworkInference(network, run.test.inference, run.input.evaluation, augments: true)
    }

    /// Segments a picture of any size, on `SegmentationRuntime.threadCount` threads; it returns when that is done. The
    /// network sees the picture as INPUT.MIN_SIZE_TEST and its like say.
    public func segment(_ picture: Picture) -> Segmentation {
        let image = inference.mapper.resized(picture.image)
        let tasks = configuration.setup.configuration.test.inference.tasks
        return Segmentation(inference(image, size: picture.image.size, tasks, isThing: areThings), classes)
    }
}
