import Annotations
import Checkpoints
import Datasets
import Engine
import Foundation
import Images
import Segmenters
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

        /// All of them.
        package init(weights: String, images: [String], output: String, raw: String?) {
            self.weights = weights
            self.images = images
            self.output = output
            self.raw = raw
        }
    }

    private let run: RunConfiguration
    private let options: Options
    private let console: Console

    /// A recipe that tells `console` what it does.
    package init(_ setup: RunSetup, _ options: Options, console: Console) {
        run = setup.configuration
        self.options = options
        self.console = console
    }

    /// Predicts every picture; returns the exit status. Throws one typed error for whatever is wrong; what
    /// was written for the pictures before stays.
    package func callAsFunction() throws -> Int32 {
        let names = try outputNames()
        let segmenter = try Segmenter(run, seed: 0)
        _ = try RunFiles.openWeights(options.weights, run).load(into: segmenter.store)
        try RunFiles.makeFolder(options.output)
        let overlay = OverlayRenderer(colors: run.classColors)
        let inference = NetworkInference(segmenter, run, augments: true)
        let mapper = EvaluationMapper(run.input)
        var raw: [SavedTensor] = []
        for (path, name) in zip(options.images, names) {
            let original = try ImageFile.readRGB(path)
            let image = options.raw == nil ? mapper.resized(original) : original
            if name == names.first {
                segmenter.summary(run, imageSize: (image.height, image.width)).forEach(console.line)
            }
            let output = options.raw == nil ? nil : inference.predict(image)
            let labels =
                output.map { inference.labels($0, height: original.height, width: original.width) }
                ?? inference.labels(of: image, height: original.height, width: original.width)
            let place = options.output + "/" + name
            try RunFiles.writeLabels(labels, classCount: run.model.classCount, to: place + "_labels.png")
            try ImageFile.writePNG(overlay.render(original, labels: labels), to: place + "_overlay.png")
            console.line("\(path): \(place)_labels.png, \(place)_overlay.png")
            if let output {
                raw += RawPredictions.tensors(output.predictions, prefix: names.count > 1 ? name + "." : "")
            }
        }
        if let path = options.raw {
            try SafetensorsFile.write(raw, to: path)
            console.line("predictions of the last layer: \(path)")
        }
        return 0
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

extension RunConfiguration {
    /// The colours of the classes: the data set's, or colours far apart where none is known.
    fileprivate var classColors: [RGBColor] {
        if let table = classTable { return table.colors.map { RGBColor($0.red, $0.green, $0.blue) } }
        return (0..<model.classCount).map { index in
            // The bits of the number, spread over the high bits of the channels (PASCAL VOC's colour map).
            var (red, green, blue) = (0, 0, 0)
            for bit in 0..<8 {
                let triple = (index + 1) >> (3 * bit)
                red |= (triple & 1) << (7 - bit)
                green |= (triple >> 1 & 1) << (7 - bit)
                blue |= (triple >> 2 & 1) << (7 - bit)
            }
            return RGBColor(UInt8(red), UInt8(green), UInt8(blue))
        }
    }
}
