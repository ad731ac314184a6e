import Annotations
import Checkpoints
import Configurations
import Datasets
import Engine
import Files
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
        /// Replace files that this program did not write.
        package var overwrites: Bool

        package init(weights: String, images: [String], output: String, raw: String?, overwrites: Bool = false) {
            self.weights = weights
            self.images = images
            self.output = output
            self.raw = raw
            self.overwrites = overwrites
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

    /// Predicts every picture, up to the first signal; returns the exit status. Pictures that cannot be read are left
    /// out; when the others are done `PredictionError.unreadable` names them. Throws one typed error for whatever else
    /// is wrong; what was written for the pictures before stays.
    package func run() throws -> Int32 {
        MemoryShortage.advise(RunSetup.memoryAdvice)
        let names = try outputNames()
        var failures = try unreadablePictures()
        if failures.count == names.count { throw failed(failures) }
        let family = try configuration.network()
        let network = family.network(seed: 0)
        try RunFiles.openWeights(options.weights, setup).load(into: network.store).forEach(console.line)
        summary(of: family, network).forEach(console.line)
        let classes = try configuration.drawnClasses()
        let folder = try OutputFolder(options.output, overwrites: options.overwrites, note: console.line)
        defer { folder.close() }
        let files = PictureFiles(classes, folder: folder)
        let tasks = configuration.test.inference.tasks
        let rawList = options.raw.map { FileList(beside: $0, overwrites: options.overwrites) }
        try folder.list.require(names.flatMap { PictureFiles.names(of: $0, tasks) })
        if let path = options.raw { try rawList?.require(paths: [path]) }
        let inference = NetworkInference(
            network, configuration.test.inference, configuration.input.evaluation, augments: true)
        var raw: [SavedTensor] = []
        var status: Int32 = 0
        Interruption.install()
        for (done, (path, name)) in zip(options.images, names).enumerated() where failures[path] == nil {
            if let signal = Interruption.signal {
                console.line("stopped after \(done) of \(names.count) pictures")
                status = 128 + signal
                break
            }
            let original: Image<UInt8>
            do { original = try ImageFile.readRGB(path) } catch let error as InputError {
                console.line("left out: \(error)")
                failures[path] = error
                continue
            }
            let image = options.raw == nil ? inference.mapper.resized(original) : original
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
            try SafetensorsFile.write(raw, to: path, listed: rawList)
            console.line("predictions of the last layer: \(path)")
        }
        if !failures.isEmpty { throw failed(failures) }
        return status
    }

    /// What the headers alone show before any work is done.
    private func unreadablePictures() throws -> [String: InputError] {
        var failures: [String: InputError] = [:]
        for path in options.images {
            do { _ = try ImageFile.size(of: path) } catch let error as InputError {
                console.line("left out: \(error)")
                failures[path] = error
            }
        }
        return failures
    }

    private func failed(_ failures: [String: InputError]) -> PredictionError {
        .unreadable(options.images.compactMap { failures[$0] }, of: options.images.count)
    }

    /// What the files of each picture are called. Throws `PredictionError` where two would be the same.
    private func outputNames() throws -> [String] {
        var owners: [String: String] = [:]
        return try options.images.map { path in
            let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
            if let first = owners.updateValue(path, forKey: name) {
                throw PredictionError.sameFiles(first, path)
            }
            return name
        }
    }
}

/// Pictures that cannot be predicted.
package enum PredictionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Two pictures whose predictions would have the same names.
    case sameFiles(String, String)
    /// Pictures that cannot be read, of so many in all; the others were predicted.
    case unreadable([InputError], of: Int)

    /// One message: what, where, and what to do.
    package var description: String {
        switch self {
        case .sameFiles(let first, let second):
            "\(first) and \(second) would both write the same files: predict them into two folders (--output)"
        case .unreadable(let failures, let count) where count == 1: "\(failures[0])"
        case .unreadable(let failures, let count):
            "left out \(failures.count) of \(count) pictures:" + failures.map { "\n  \($0)" }.joined()
        }
    }
}
