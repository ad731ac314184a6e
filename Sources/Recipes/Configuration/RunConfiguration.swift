import ConfigFiles

/// A whole run, decoded once from a configuration file: typed values with full-word names.
/// Counts mean what they say (DEC_LAYERS 7 of PEM is 6 layers here).
package struct RunConfiguration: Sendable {
    /// The network.
    package let model: Model
    /// The loss.
    package let criterion: Criterion
    /// Images on their way to the network.
    package let input: Input
    /// The data sets by name.
    package let datasets: DatasetNames
    /// Optimisation.
    package let solver: Solver
    /// Evaluation.
    package let test: Test
    /// Folder for everything that the run writes.
    package let outputDirectory: String
    /// Nil: the configuration asks for no fixed seed (SEED below 0).
    package let seed: UInt64?

    /// Keys that a file or the command line sets and that have no effect here, such as SOLVER.AMP.ENABLED.
    package let keysWithoutEffect: [String]

    private let document: ConfigDocument
    private let unavailableFeatures: [ConfigError]

    /// Reads a file with its bases, lays `KEY VALUE` overrides over it and decodes the result.
    /// Throws `ConfigError`.
    package static func load(path: String, overrides: [String] = []) throws -> RunConfiguration {
        try RunConfiguration(ConfigDocument.read(path: path).overlaid(by: .overrides(overrides)))
    }

    /// Decodes YAML text that has no `_BASE_`; `name` stands for the file in messages. Throws `ConfigError`.
    package static func parse(yaml: String, name: String, overrides: [String] = []) throws -> RunConfiguration
    {
        try RunConfiguration(ConfigDocument.parse(yaml, name: name).overlaid(by: .overrides(overrides)))
    }

    private init(_ written: ConfigDocument) throws {
        let document = try ConfigurationSchema.load().resolve(written)
        let reader = ConfigReader(document)
        var unavailable: [ConfigError] = []
        model = try Model(reader, unavailable: &unavailable)
        criterion = try Criterion(reader)
        input = try Input(reader)
        datasets = try DatasetNames(reader)
        solver = try Solver(reader, unavailable: &unavailable)
        test = try Test(reader)
        outputDirectory = try reader.text("OUTPUT_DIR")
        let seed = try reader.integer("SEED")
        self.seed = seed < 0 ? nil : UInt64(seed)
        _ = try reader.integer("VERSION", in: 2...2)
        // A file may describe several backbones; those not chosen are no mistake.
        let backbones = ["MODEL.RESNETS.", "MODEL.STDC.", "MODEL.SWIN."]
        keysWithoutEffect = reader.writtenButUnread.filter { key in !backbones.contains(where: key.hasPrefix)
        }
        self.document = document
        unavailableFeatures = unavailable
    }

    /// Every key with the value that holds, as YAML; `parse` reads it back to an equal configuration.
    package var resolvedText: String { document.yamlText }

    /// Throws the first setting whose feature isn't built (`ConfigError.Kind.unavailable`), naming key and
    /// place.
    package func requireAvailable() throws {
        if let first = unavailableFeatures.first { throw first }
    }

    /// The error for a value that doesn't fit something outside the configuration, with the place of the key.
    package func invalid(_ key: String, _ problem: String, hint: String? = nil) -> ConfigError {
        ConfigReader(document).invalid(key, problem, hint: hint)
    }

    /// The error for a setting that the caller has no feature for, with the place of the key.
    package func unavailable(_ key: String, _ feature: String) -> ConfigError {
        ConfigReader(document).unavailable(key, feature)
    }
}

extension RunConfiguration: Equatable {
    /// Equal when every key has the same value; where it was written doesn't matter.
    package static func == (a: RunConfiguration, b: RunConfiguration) -> Bool {
        a.resolvedText == b.resolvedText
    }
}
