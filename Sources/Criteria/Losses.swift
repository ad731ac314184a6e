import Autodiff
import Tensors

/// The losses of a batch: every term by its official name, already weighted, and their sum.
package struct Losses {
    /// A weighted loss.
    package struct Term {
        /// "loss_ce", "loss_mask", "loss_dice" of the final output, then "loss_ce_0", … of the auxiliary ones.
        package let name: String
        /// One value.
        package let loss: Variable

        package init(name: String, loss: Variable) {
            self.name = name
            self.loss = loss
        }
    }

    /// The terms, the final output's first, then auxiliary 0, 1, ….
    package let terms: [Term]
    /// The sum of all terms: what `backward` takes.
    package let total: Variable

    /// Terms in official order.
    package init(_ terms: [Term]) {
        self.terms = terms
        let sum = terms.reduce(0.0) { $0 + Double($1.loss.value.scalar) }
        let count = terms.count
        total = record(Tensor([Float(sum)], shape: [1]), inputs: terms.map(\.loss)) { dTotal in
            Array(repeating: dTotal, count: count)
        }
    }

    /// The value of every term, in order.
    package var values: [(name: String, value: Float)] { terms.map { ($0.name, $0.loss.value.scalar) } }
}

/// factor · Σ over `rows` of x[row, column]: [N, M] -> one value. `parts` says how many rows are of each image; each
/// image's are summed first. Saves nothing.
func columnSum(_ x: Variable, rows: Range<Int>, parts: [Int], column: Int, factor: Float) -> Variable {
    let shape = x.shape
    precondition(shape.count == 2 && rows.upperBound <= shape[0] && column < shape[1], "columnSum: shape \(shape)")
    var first = rows.lowerBound
    let sum = ImageTree.sum(
        parts.map { count in
            defer { first += count }
            return (first..<first + count).reduce(0.0) { $0 + Double(x.value.data[$1 * shape[1] + column]) }
        })
    return record(Tensor([Float(sum) * factor], shape: [1]), inputs: [x]) { dY in
        let dX = Tensor(zeros: shape)
        for row in rows { dX.data[row * shape[1] + column] = dY.scalar * factor }
        return [dX]
    }
}
