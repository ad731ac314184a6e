import Layers

/// The official parameter groups (train_net.py, build_optimizer): rate and weight decay by what a parameter
/// is.
package struct ParameterSettings: Sendable, Equatable {
    /// The rate before the schedule.
    package var learningRate: Double
    /// Factor on the rate of everything under `backbone`.
    package var backboneMultiplier = 1.0
    /// Factor on the rate of everything with `head` in its name (SegFormer's `custom_keys`).
    package var headMultiplier = 1.0
    /// Factor on the rate of biases (detectron2's BIAS_LR_FACTOR; the official code here leaves it at 1).
    package var biasMultiplier = 1.0
    /// Of all parameters that no other decay names.
    package var weightDecay: Double
    /// Of normalisation layers, weights and biases.
    package var normWeightDecay = 0.0
    /// Of those with `head` in their names; nil: as `normWeightDecay`.
    package var headNormWeightDecay: Double?
    /// Of embedding tables.
    package var embeddingWeightDecay = 0.0
    /// Of biases outside normalisation layers; nil: as `weightDecay`.
    package var biasWeightDecay: Double?

    /// Equal rates, and no decay for norms and embeddings.
    package init(learningRate: Double, weightDecay: Double) {
        self.learningRate = learningRate
        self.weightDecay = weightDecay
    }

    /// What a parameter is, as far as its rate has a factor for it, with these factors.
    private func factors(for parameter: Parameter) -> [(kind: String, factor: Double)] {
        let parts = parameter.name.split(separator: ".")
        let kinds = [
            ("backbone", parts.dropLast().contains { $0.contains("backbone") }, backboneMultiplier),
            ("head", parameter.name.contains("head"), headMultiplier),
            ("bias", parts.last == "bias" && parameter.role == .weight, biasMultiplier),
        ]
        return kinds.filter { $0.1 && $0.2 != 1 }.map { ($0.0, $0.2) }
    }

    /// The name of the parameters that share this one's rate: `backbone`, `head`, `bias`, `backbone_bias`, …; empty for
    /// those whose rate has no factor.
    package func group(of parameter: Parameter) -> String {
        factors(for: parameter).map(\.kind).joined(separator: "_")
    }

    /// Rate (before the schedule) and weight decay of a parameter.
    package func values(for parameter: Parameter) -> (learningRate: Double, weightDecay: Double) {
        let parts = parameter.name.split(separator: ".")
        let isBias = parts.last == "bias"
        let isInHead = parameter.name.contains("head")
        let rate = factors(for: parameter).reduce(learningRate) { $0 * $1.factor }
        // Swin's tables are no modules of their own, so that the official code knows them by name.
        let undecayed = ["relative_position_bias_table", "absolute_pos_embed"]
        if let last = parts.last, undecayed.contains(where: { last.contains($0) }) { return (rate, 0) }
        switch parameter.role {
        case .norm: return (rate, isInHead ? headNormWeightDecay ?? normWeightDecay : normWeightDecay)
        case .embedding: return (rate, embeddingWeightDecay)
        case .weight: return (rate, isBias ? biasWeightDecay ?? weightDecay : weightDecay)
        case .buffer: return (0, 0)
        }
    }
}
