import Criteria

/// The mean of the losses of a batch's parts.
struct LossMean {
    private let parts: Int
    private(set) var total: Float = 0
    private(set) var terms: [LossTerm] = []

    init(parts: Int) { self.parts = parts }

    mutating func add(_ losses: Losses) {
        let share = 1 / Float(parts)
        total += losses.total.value.scalar * share
        for (name, value) in losses.values {
            if let index = terms.firstIndex(where: { $0.name == name }) {
                terms[index].value += value * share
            } else {
                terms.append(LossTerm(name, value * share))
            }
        }
    }

    var isFinite: Bool { total.isFinite && terms.allSatisfy(\.value.isFinite) }
}
