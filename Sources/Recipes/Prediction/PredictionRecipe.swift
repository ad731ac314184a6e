import Annotations
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
        /// The pictures: files, folders, patterns, and `-` for the lines of `list`.
        package var pictures: [String]
        /// Lines that name pictures.
        package var list: @Sendable () -> [String] = { [] }
        /// The folder for everything that is written.
        package var output: String
        /// How results are shown.
        package var style = PictureStyle()
        /// Official formats, in the place of drawings and results of each picture.
        package var formats: [any PredictionFormat.Type] = []
        /// A JSON file with the pictures' ids for `formats`; nil: that of DATASETS.TEST.
        package var imageList: String?
        /// A file for the last layer's predictions; pictures then go in as they are, without resizing,
        /// TEST.AUG and TEST.SLIDE.
        package var raw: String?
        /// Replace files that this program did not write.
        package var overwrites = false

        package init(weights: String, pictures: [String], output: String) {
            self.weights = weights
            self.pictures = pictures
            self.output = output
        }
    }

    /// Of more pictures not each has a line of its own.
    private static let mostListed = 16

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
        let all = try pictures()
        var failures = try unreadable(all)
        if failures.count == all.count { throw failed(failures, of: all) }
        let pictures = all.filter { failures[$0.path] == nil }
        let family = try configuration.network()
        let network = family.network(seed: 0)
        try RunFiles.openWeights(options.weights, setup).load(into: network.store).forEach(console.line)
        summary(of: family, network).forEach(console.line)
        let folder = try OutputFolder(options.output, overwrites: options.overwrites, note: console.line)
        defer { folder.close() }
        var output = try PictureOutput(options, configuration, pictures, in: folder, note: console.line)
        defer { output.close() }
        var raw = try options.raw.map {
            try RawPredictions($0, pictures: all.count, overwrites: options.overwrites)
        }
        let inference = NetworkInference(
            network, configuration.test.inference, configuration.input.evaluation, augments: true)
        Interruption.install()
        let done = try predict(pictures, inference, into: &output, &raw, failures: &failures)
        if done < pictures.count { console.line("stopped after \(done) of \(pictures.count) pictures") }
        try output.finish().forEach(console.line)
        if let line = try raw?.write() { console.line(line) }
        if !failures.isEmpty { throw failed(failures, of: all) }
        return done < pictures.count ? 128 + (Interruption.signal ?? 2) : 0
    }

    /// Predicts and writes pictures, the next ones decoded meanwhile, up to the first signal; gives the number of those
    /// that were done or left out.
    private func predict(
        _ pictures: [NamedPicture], _ inference: NetworkInference, into output: inout PictureOutput,
        _ raw: inout RawPredictions?, failures: inout [String: InputError]
    ) throws -> Int {
        let images = Prefetcher(workers: min(2, configuration.datasets.workerCount), capacity: 2, end: pictures.count) {
            try ImageFile.readRGB(pictures[$0].path)
        }
        defer { images.stop() }
        let progress = ImageProgress(console, verb: "predicted")
        defer { console.endLive() }
        for (done, picture) in pictures.enumerated() {
            if Interruption.signal != nil { return done }
            do {
                let original = try images.next(done)
                let prediction = prediction(of: original, named: picture.name, inference, output, &raw)
                let written = try output.add(prediction, over: original, of: picture)
                if pictures.count <= Self.mostListed {
                    console.line(picture.path + (written.isEmpty ? "" : ": " + written.joined(separator: ", ")))
                }
            } catch let error as InputError where error.place == picture.path {
                console.line("left out: \(error)")
                failures[picture.path] = error
            }
            if pictures.count > 1 { progress.show(done + 1, of: pictures.count) }
        }
        return pictures.count
    }

    /// With `raw` the picture goes in as it is.
    private func prediction(
        of picture: Image<UInt8>, named name: String, _ inference: NetworkInference, _ output: PictureOutput,
        _ raw: inout RawPredictions?
    ) -> ImagePrediction {
        let (tasks, isThing) = (output.tasks, output.classes.isThing)
        guard raw != nil else {
            return inference(inference.mapper.resized(picture), size: picture.size, tasks, isThing: isThing)
        }
        let predicted = inference.predict(picture)
        raw?.add(predicted.prediction, name: name)
        return inference(predicted, size: picture.size, tasks, isThing: isThing)
    }

    /// The pictures that were named, without what earlier runs wrote into the output folder.
    private func pictures() throws -> [NamedPicture] {
        func real(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        let results = FileList(of: options.output, overwrites: false).names
        let written = Set(results.map { real(options.output + "/" + $0) })
        let pictures = try NamedPicture.named(
            by: options.pictures, asItems: !options.formats.isEmpty, isResult: { written.contains(real($0)) },
            list: options.list)
        if pictures.isEmpty { throw PredictionError.nothing }
        for picture in pictures where picture.isRenamed {
            console.line("\(picture.path): its results are called \(picture.name), since another picture has its name")
        }
        return pictures
    }

    /// What the headers alone show before any work is done.
    private func unreadable(_ pictures: [NamedPicture]) throws -> [String: InputError] {
        var failures: [String: InputError] = [:]
        for picture in pictures {
            do { _ = try ImageFile.size(of: picture.path) } catch let error as InputError {
                console.line("left out: \(error)")
                failures[picture.path] = error
            }
        }
        return failures
    }

    private func failed(_ failures: [String: InputError], of pictures: [NamedPicture]) -> PredictionError {
        .unreadable(pictures.compactMap { failures[$0.path] }, of: pictures.count)
    }
}

/// Pictures that cannot be predicted.
package enum PredictionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No picture was named.
    case nothing
    /// Pictures that cannot be read, of so many in all; the others were predicted.
    case unreadable([InputError], of: Int)

    /// One message: what, where, and what to do.
    package var description: String {
        switch self {
        case .nothing: "the list on standard input names no picture; write a path a line"
        case .unreadable(let failures, let count) where count == 1: "\(failures[0])"
        case .unreadable(let failures, let count):
            "left out \(failures.count) of \(count) pictures:" + failures.map { "\n  \($0)" }.joined()
        }
    }
}
