import Annotations
import Checkpoints
import Configurations
import Datasets
import Engine
import Foundation
import Images
import Inference
import Networks
import Scoring
import Tensors

/// Builds a network from a configuration and a file of weights, and draws what it sees in pictures.
package struct PredictionRecipe {
    /// What the command line asks for beside the configuration.
    package struct Options: Sendable {
        /// The file of weights.
        package var weights: String
        /// The pictures.
        package var images: [String]
        /// The folder for label maps and overlays.
        package var output: String
        /// A file for the last layer's predictions; pictures then go in as they are, without resizing,
        /// TEST.AUG and TEST.SLIDE.
        package var raw: String?

        package init(weights: String, images: [String], output: String, raw: String?) {
            self.weights = weights
            self.images = images
            self.output = output
            self.raw = raw
        }
    }

    private let setup: RunSetup
    private let configuration: RunConfiguration
    private let options: Options
    private let console: Console

    /// A recipe that tells `console` what it does.
    package init(_ setup: RunSetup, _ options: Options, console: Console) {
        self.setup = setup
        configuration = setup.configuration
        self.options = options
        self.console = console
    }

    /// Predicts every picture, up to the first signal; returns the exit status. Throws one typed error for whatever is
    /// wrong; what was written for the pictures before stays.
    package func run() throws -> Int32 {
        let names = try outputNames()
        let family = try configuration.network()
        let network = family.network(seed: 0)
        _ = try RunFiles.openWeights(options.weights, setup).load(into: network.store)
        summary(of: family, network).forEach(console.line)
        try AtomicFile.makeFolder(options.output)
        let classes = try drawnClasses()
        let files = PictureFiles(classes, folder: options.output)
        let tasks = configuration.test.inference.tasks
        let inference = NetworkInference(network, configuration.test.inference, augments: true)
        let mapper = configuration.input.evaluation
        var raw: [SavedTensor] = []
        var status: Int32 = 0
        Interruption.install()
        for (done, (path, name)) in zip(options.images, names).enumerated() {
            if let signal = Interruption.signal {
                console.line("stopped after \(done) of \(names.count) pictures")
                status = 128 + signal
                break
            }
            let original = try ImageFile.readRGB(path)
            let image = options.raw == nil ? mapper.resized(original) : original
            let output = options.raw == nil ? nil : inference.predict(image)
            let prediction =
                output.map { inference($0, size: original.size, tasks, isThing: classes.isThing) }
                ?? inference(image, size: original.size, tasks, isThing: classes.isThing)
            let written = try files.write(prediction, over: original, name: name)
            console.line("\(path): " + written.joined(separator: ", "))
            if let output {
                let prefix = names.count > 1 ? name + "." : ""
                raw += output.prediction.raw.map { tensor in
                    SavedTensor(name: prefix + tensor.name, shape: tensor.value.shape) { tensor.value.array }
                }
            }
        }
        if let path = options.raw {
            try SafetensorsFile.write(raw, to: path)
            console.line("predictions of the last layer: \(path)")
        }
        return status
    }

    /// The classes of the data sets; without one numbers and colours far apart. Throws `ConfigError` where segments
    /// are wanted and it is not known which classes are things.
    private func drawnClasses() throws -> ClassTable {
        if let table = configuration.classTable { return table }
        if configuration.test.inference.panoptic {
            throw configuration.invalid(
                "DATASETS.TEST",
                "expected a data set that says which of the \(configuration.model.classCount) classes are things")
        }
        return ClassTable(numbered: configuration.model.classCount)
    }

    /// What the files of each picture are called. Throws `PredictionError` where two would be the same.
    private func outputNames() throws -> [String] {
        var owners: [String: String] = [:]
        return try options.images.map { path in
            let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
            if let first = owners.updateValue(path, forKey: name) {
                throw PredictionError(first: first, second: path)
            }
            return name
        }
    }
}

/// Two pictures whose predictions would have the same names.
package struct PredictionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The pictures.
    package let first, second: String

    /// One message: what, where, and what to do.
    package var description: String {
        "\(first) and \(second) would both write the same files: predict them into two folders (--output)"
    }
}

extension ClassTable {
    /// Classes of which nothing is known but their number, in colours far apart.
    fileprivate init(numbered count: Int) {
        let classes = (0..<count).map { index in
            // The bits of the number, spread over the high bits of the channels (PASCAL VOC's colour map).
            var (red, green, blue) = (0, 0, 0)
            for bit in 0..<8 {
                let triple = (index + 1) >> (3 * bit)
                red |= (triple & 1) << (7 - bit)
                green |= (triple >> 1 & 1) << (7 - bit)
                blue |= (triple >> 2 & 1) << (7 - bit)
            }
            return ClassDescription(
                name: "\(index)", color: RGBColor(UInt8(red), UInt8(green), UInt8(blue)), isThing: true)
        }
        self.init(classes, ignoreLabel: max(count, 255))
    }
}
