import ArgumentParser
import Foundation
import Recipes

/// Options that every command of a run has.
package struct CommonOptions: ParsableArguments {
    @Option(
        name: [.long, .customLong("config-file")],
        help: "Configuration: one of Configs/*.cfg, or an official YAML file.", completion: .configuration)
    package var config: String?

    @Option(
        help: ArgumentHelp("Folder for everything that is written (OUTPUT_DIR).", valueName: "dir"),
        completion: .directory)
    package var output: String?

    @Flag(help: Overwriting.help)
    package var overwrite = false

    @Option(help: ArgumentHelp("Threads; results do not depend on it (default: one a core).", valueName: "n"))
    package var threads: Int?

    @Flag(
        help:
            "Take files that lists name outside of the root and the folder of images (DATASETS.ALLOW_OUTSIDE)."
    )
    package var allowOutside = false

    /// As ArgumentParser asks.
    package init() {}

    package func validate() throws {
        if let threads, threads < 1 {
            throw ValidationError("--threads: expected at least 1, got \(threads)")
        }
    }

    /// Reads the configuration with `settings` (KEY VALUE …) laid over it, and the options over both, and starts the
    /// threads. `weights` stands for MODEL.WEIGHTS.
    package func setUp(_ settings: [String], weights: String? = nil) throws -> RunSetup {
        guard let config else { throw ValidationError("Missing expected argument '--config <config>'") }
        try CommandRunner.startThreads(threads)
        var texts: [String: String] = [:]
        texts["OUTPUT_DIR"] = output
        texts["MODEL.WEIGHTS"] = weights
        let settings = settings + (allowOutside ? ["DATASETS.ALLOW_OUTSIDE", "True"] : [])
        return try CommandRunner.setUp(config, settings, texts: texts)
    }

    /// The trained weights that --weights or MODEL.WEIGHTS names. Throws `ValidationError` where none does.
    package func weights(of setup: RunSetup) throws -> String {
        if let weights = setup.configuration.model.weights { return weights }
        throw ValidationError("Missing expected argument '--weights <file>', or MODEL.WEIGHTS in the configuration")
    }
}

/// Words on the command line that are no options: `KEY VALUE …` of the configuration, after the images where
/// a command takes some. They may stand anywhere, and a value may be a negative number.
package enum Settings {
    /// Help on them.
    package static let help = ArgumentHelp(
        "Keys of the configuration with their values: SOLVER.BASE_LR 1e-4 INPUT.CROP.SIZE \"(256, 512)\".",
        valueName: "key value")

    /// Keys and values in turns, without the `--` that may stand before them. Throws `ValidationError` where an unknown
    /// option stands in the place of a key.
    package static func pairs(_ words: [String]) throws -> [String] {
        let words = words.filter { $0 != "--" }
        for index in stride(from: 0, to: words.count, by: 2) where words[index].hasPrefix("-") {
            throw ValidationError("Unknown option '\(words[index])'")
        }
        return words
    }

    /// Splits images from settings: a word that looks like a key and is no file takes the next one as its value; `-` is
    /// an image. Throws `ValidationError` for an unknown option before `--`.
    package static func split(_ words: [String]) throws -> (images: [String], settings: [String]) {
        var (images, settings): ([String], [String]) = ([], [])
        var (rest, takesOptions) = (words[...], true)
        while let word = rest.popFirst() {
            if word == "--" {
                takesOptions = false
            } else if takesOptions, word.hasPrefix("-"), word != "-" {
                throw ValidationError("Unknown option '\(word)'")
            } else if isKey(word), !FileManager.default.fileExists(atPath: word) {
                settings += [word] + [rest.popFirst()].compactMap { $0 }
            } else {
                images.append(word)
            }
        }
        return (images, settings)
    }

    /// DETECTRON2.STYLE, alone or with `=` and a value: capitals, digits, `_` and at least one dot, or one of the few
    /// keys without a section.
    private static func isKey(_ word: String) -> Bool {
        guard let first = word.first, first.isUppercase else { return false }
        let isCapitals = word.prefix { $0 != "=" }.allSatisfy {
            $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_" || $0 == ".")
        }
        let endings = [".PNG", ".JPG", ".JPEG"]
        return isCapitals && !endings.contains(where: word.uppercased().hasSuffix)
    }
}
