import Autodiff

/// What a criterion makes of one part of a batch.
package struct Losses {
    /// The sum of all terms, to be differentiated.
    package let total: Variable
    /// Every weighted loss.
    package let terms: [LossTerm]

    /// A total and its terms.
    package init(total: Variable, terms: [LossTerm]) {
        self.total = total
        self.terms = terms
    }
}

/// The mean of the losses of a batch's parts.
struct LossMean {
    private let parts: Int
    private(set) var total: Float = 0
    private(set) var terms: [LossTerm] = []

    init(parts: Int) { self.parts = parts }

    mutating func add(_ losses: Losses) {
        let share = 1 / Float(parts)
        total += losses.total.value.scalar * share
        for term in losses.terms {
            if let index = terms.firstIndex(where: { $0.name == term.name }) {
                terms[index].value += term.value * share
            } else {
                terms.append(LossTerm(term.name, term.value * share))
            }
        }
    }

    var isFinite: Bool { total.isFinite && terms.allSatisfy(\.value.isFinite) }
}
