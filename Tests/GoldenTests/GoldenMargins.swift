/// How near the discrete choices of a golden come to turning out otherwise (`margins` of its metadata).
struct GoldenMargins: Decodable {
    private struct Choice: Decodable {
        let margin, table, label, error: Double?
        let layers: [Double?]?

        private enum CodingKeys: String, CodingKey {
            case margin, table, label, error = "float32_error", layers = "by_layer"
        }

        /// The smallest distance to another outcome; nil where no candidate was left.
        var distance: Double? { [margin, table, label].compactMap { $0 }.min() }
        // Where the file has no error: scores are of the order of 1.
        var ratio: Double { (distance ?? .infinity) / max(error ?? 1e-6, .leastNormalMagnitude) }

        var text: String {
            let layer = margin.flatMap { layers?.firstIndex(of: $0) }.map { " in layer \($0)" } ?? ""
            let verdict = ratio < 5 ? "; a difference that begins there is a tie" : ""
            return String(
                format: "margin %.1e%@, %.3g times float32's error%@", distance ?? .nan, layer, ratio, verdict)
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// By phase, whether the official code made the same choices in float32.
    let sameChoices: [String: Bool]
    /// By PHASE.KIND.
    private let choices: [String: Choice]

    /// None are known.
    static let unknown = GoldenMargins()

    private init() { (sameChoices, choices) = ([:], [:]) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        sameChoices = try container.decode([String: Bool].self, forKey: Name(stringValue: "float32_same_choices"))
        choices = try Dictionary(
            uniqueKeysWithValues: container.allKeys.filter { $0.stringValue.contains(".") }
                .map { ($0.stringValue, try container.decode(Choice.self, forKey: $0)) })
    }

    /// The choice that float32 turns most easily in the phase of a comparison, "train.losses" or "traj.loss[1]"; nil
    /// where that phase has none.
    func nearest(to comparison: String) -> String? {
        let parts = comparison.split { ".[]".contains($0) }.map(String.init)
        guard var phase = parts.first else { return nil }
        if phase == "traj" { phase += "." + (parts.last ?? "") }
        let near = choices.filter { $0.key.hasPrefix(phase + ".") && $0.value.distance != nil }
            .min { ($0.value.ratio, $0.key) < ($1.value.ratio, $1.key) }
        return near.map { "nearest choice \($0.key): \($0.value.text)" }
    }
}
