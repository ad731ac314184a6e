import ArgumentParser
import Families
import Foundation
import Recipes
import Tensors

/// Options that every command of a run has.
package struct CommonOptions: ParsableArguments {
    @Option(
        name: [.long, .customLong("config-file")],
        help: "Configuration: one of Configs/*.cfg, or an official YAML file.")
    package var config: String?

    @Option(help: ArgumentHelp("Folder for everything that is written (OUTPUT_DIR).", valueName: "dir"))
    package var output: String?

    @Option(help: ArgumentHelp("Threads; results do not depend on it (default: all cores).", valueName: "n"))
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

    /// Reads the configuration with `settings` (KEY VALUE …) and `implied` ones laid over it, and starts the
    /// threads.
    package func setUp(_ settings: [String], implied: [String] = []) throws -> RunSetup {
        guard let config else { throw ValidationError("Missing expected argument '--config <config>'") }
        if let threads { ThreadPool.setThreadCount(threads) }
        try Settings.requireKeys(settings)
        let own = (output.map { ["OUTPUT_DIR", $0] } ?? []) + (allowOutside ? ["DATASETS.ALLOW_OUTSIDE", "True"] : [])
        return try RunSetup(path: config, overrides: settings + implied + own, families: networkFamilies)
    }
}

/// Words on the command line that are no options: `KEY VALUE …` of the configuration, after the images where
/// a command takes some. They may stand anywhere, and a value may be a negative number.
package enum Settings {
    /// Help on them.
    package static let help = ArgumentHelp(
        "Keys of the configuration with their values: SOLVER.BASE_LR 1e-4 INPUT.CROP.SIZE \"(256, 512)\".",
        valueName: "key value")

    /// Throws `ValidationError` where an unknown option stands in the place of a key.
    package static func requireKeys(_ words: [String]) throws {
        for index in stride(from: 0, to: words.count, by: 2) where words[index].hasPrefix("-") {
            throw ValidationError("Unknown option '\(words[index])'")
        }
    }

    /// Splits images from settings: these begin at the first word that looks like a key and is no file.
    package static func split(_ words: [String]) -> (images: [String], settings: [String]) {
        let start =
            words.firstIndex { isKey($0) && !FileManager.default.fileExists(atPath: $0) } ?? words.count
        return (Array(words[..<start]), Array(words[start...]))
    }

    /// DETECTRON2.STYLE: capitals, digits, `_` and at least one dot, or one of the few keys without a
    /// section.
    private static func isKey(_ word: String) -> Bool {
        guard let first = word.first, first.isUppercase else { return false }
        let isCapitals = word.allSatisfy {
            $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_" || $0 == ".")
        }
        let endings = [".PNG", ".JPG", ".JPEG"]
        return isCapitals && !endings.contains(where: word.hasSuffix)
    }
}
