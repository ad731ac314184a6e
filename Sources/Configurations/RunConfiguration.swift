import ConfigFiles

/// A whole run, decoded once from a configuration file. Counts mean what they say (DEC_LAYERS 7 of PEM is 6 layers).
package struct RunConfiguration: Sendable {
    /// The network; nil where its family is not built (`requireAvailable` says so).
    private let family: (any NetworkFamily)?
    /// What every network's configuration says of classes and weights.
    package let model: ModelConfiguration
    /// Images on their way to the network.
    package let input: InputConfiguration
    /// The data sets by name.
    package let datasets: DataConfiguration
    /// Optimisation.
    package let solver: SolverConfiguration
    /// Inference and evaluation.
    package let test: TestConfiguration
    /// Folder for everything that the run writes.
    package let outputDirectory: String
    /// Nil: the configuration asks for no fixed seed (SEED below 0).
    package let seed: UInt64?

    /// Keys that a file or the command line sets and that have no effect here, such as SOLVER.AMP.ENABLED.
    package let keysWithoutEffect: [String]

    private let document: ConfigDocument
    private let refusals: [ConfigError]

    /// Decodes YAML text that has no `_BASE_`; `name` stands for the file in messages. Throws `ConfigError`.
    package static func parse(
        yaml: String, name: String, overrides: [String] = [], families: [any NetworkFamily.Type]
    ) throws -> RunConfiguration {
        try RunConfiguration(
            ConfigDocument.parse(yaml, name: name).overlaid(by: .overrides(overrides)), families: families)
    }

    /// Decodes what files and the command line say for one of `families`. Throws `ConfigError`.
    package init(_ written: ConfigDocument, families: [any NetworkFamily.Type]) throws {
        let document = try ConfigSchema(
            Self.declarations(of: families), openSections: Self.unrelatedSections
        ).resolve(written)
        let reader = ConfigReader(document)
        family = try chooseFamily(of: reader, among: families)
        model = try ModelConfiguration(reader)
        input = try InputConfiguration(reader)
        datasets = try DataConfiguration(reader)
        solver = try SolverConfiguration(reader)
        test = try TestConfiguration(reader)
        outputDirectory = try reader.text("OUTPUT_DIR")
        let seed = try reader.integer("SEED")
        self.seed = seed < 0 ? nil : UInt64(seed)
        _ = try reader.integer("VERSION", in: 2...2)
        // A file may describe several backbones: a network's section of which nothing is read is no mistake.
        let sections = Set(families.flatMap { $0.declarations }.map(\.section)).filter { !reader.hasRead(section: $0) }
        keysWithoutEffect = reader.writtenButUnread.filter { key in !sections.contains { key.hasPrefix($0 + ".") } }
        self.document = document
        refusals = reader.refusals
    }

    /// Every key with the value that holds, as YAML; `parse` reads it back to an equal configuration.
    package var resolvedText: String { document.yamlText }

    /// The same without the name of the output folder: what makes two runs the same.
    package var identity: String {
        var document = document
        document.set("OUTPUT_DIR", .init(value: "", origin: .builtIn, keyOrigin: .builtIn))
        return document.yamlText
    }

    /// The network that the configuration asks for. Throws the first setting whose feature is not built
    /// (`ConfigError.Kind.unavailable`), naming key and place.
    package func network() throws -> any NetworkFamily {
        if let first = refusals.first { throw first }
        guard let family else { throw unavailable("MODEL.META_ARCHITECTURE", "a network of this configuration") }
        return family
    }

    /// The queries of its network; nil where it has none, or is not built.
    package var queryCount: Int? { family?.queryCount }

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
