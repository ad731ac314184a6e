import Checkpoints
import ConfigFiles
import Criteria
import Layers
import Networks

/// A family of networks: which configurations are its own, what their keys mean, and what is made of them.
///
/// A family decodes its keys straight into the configurations of its parts; recipes know only this protocol.
package protocol NetworkFamily: Sendable {
    /// Such as "PEM".
    static var name: String { get }
    /// What tells its configurations apart: keys, and the values that they have in this family.
    static var signs: KeyValuePairs<String, [String]> { get }
    /// Every key that the family reads beside those of `RunConfiguration`, those of parts that are chosen by a key
    /// included.
    static var declarations: [KeyDeclaration] { get }
    /// How the names of checkpoints that its configurations start from become its own.
    static var nameMaps: [NameMap] { get }

    /// How its official code wants a `.pth`.
    static var torchLayout: TorchLayout { get }

    /// How its papers count the work of a network.
    static var counting: WorkCounting { get }

    /// Reads the family's keys. Throws `ConfigError` for a value that cannot be used; what is not built yet is noted
    /// by `reader.refuse`.
    init(_ reader: ConfigReader) throws

    /// The network, with initial weights that are a function of the seed.
    func network(seed: UInt64) -> any Network
    /// The loss that it trains with.
    func criterion() -> any Criterion
    /// How many segments of an image it can find at most; nil where there is no such number.
    var queryCount: Int? { get }
    /// What the network is, for a person: "PEM, STDC1, 100 queries, 6 decoder layers".
    var summary: String { get }
}

extension [any NetworkFamily.Type] {
    /// How names of checkpoints become the families' own, each map once; the last takes what no other recognises.
    package var nameMaps: [NameMap] {
        var maps: [NameMap] = []
        for map in flatMap({ $0.nameMaps }) where !maps.contains(map) { maps.append(map) }
        return maps.filter { $0 != .detectron2 } + [.detectron2]
    }
}

extension NetworkFamily {
    package static var counting: WorkCounting { .network }

    package static var torchLayout: TorchLayout { .detectron2 }

    package var queryCount: Int? { nil }

    /// The first sign that a configuration does not have, with what it says there; nil where it is of this family.
    fileprivate static func foreignSign(_ reader: ConfigReader) throws -> (index: Int, key: String, value: String)? {
        for (index, (key, values)) in signs.enumerated() {
            let value = try reader.text(key)
            if !values.contains(value) { return (index, key, value) }
        }
        return nil
    }
}

/// The family of a configuration among `families`; nil where none is built for it, which the reader has noted then.
/// Throws `ConfigError` where a sign is no known name.
func chooseFamily(
    of reader: ConfigReader, among families: [any NetworkFamily.Type]
) throws -> (any NetworkFamily)? {
    // Of the families that do not fit, those with the most signs in common say what is wrong.
    var nearest: (index: Int, key: String, value: String)?
    var names: [String] = []
    for family in families {
        guard let foreign = try family.foreignSign(reader) else { return try family.init(reader) }
        guard foreign.index >= nearest?.index ?? 0 else { continue }
        if foreign.key != nearest?.key { names = [] }
        nearest = foreign
        names += family.signs.filter { $0.key == foreign.key }.flatMap(\.value)
    }
    guard let nearest else { return nil }
    try reader.refuse(nearest.value, of: nearest.key, built: names)
    return nil
}

extension ConfigReader {
    /// Notes that what `name`, the value of `key`, stands for is not built. Throws `ConfigError` where it is no known
    /// name.
    package func refuse(_ name: String, of key: String, built names: [String]) throws {
        let unbuilt = UnbuiltNames.features[key] ?? [:]
        if let feature = unbuilt[name] { return refuse(key, feature) }
        let known = Set(names).union(unbuilt.keys).sorted()
        throw invalid(
            key, "expected one of \(known.map { "\"\($0)\"" }.joined(separator: ", ")), got \"\(name)\"",
            hint: nearestName(to: name, among: known).map { "did you mean \"\($0)\"?" })
    }
}

/// Names in official configurations of what is not built yet, each with what it is.
private enum UnbuiltNames {
    static let features: [String: [String: String]] = [
        "MODEL.MASK_FORMER.TRANSFORMER_DECODER_NAME": [
            "Mask2FormerTransformerDecoder": "Mask2Former's transformer decoder"
        ]
    ]
}
