import Criteria
import Tensors
import Testing

struct AssignmentExpectation: Sendable, CustomTestStringConvertible {
    let rows: Int
    let columns: Int
    let costs: [Double]
    let chosenRows: [Int]
    let chosenColumns: [Int]

    var testDescription: String { "\(rows)×\(columns), costs from \(costs.prefix(4))" }
}

@Suite struct LinearAssignmentTests {
    @Test("chooses what SciPy chooses, ties included", arguments: assignmentExpectations)
    func scipy(_ expected: AssignmentExpectation) throws {
        let pairs = try linearAssignment(costs: expected.costs, rows: expected.rows, columns: expected.columns)
        #expect(pairs.map(\.row) == expected.chosenRows)
        #expect(pairs.map(\.column) == expected.chosenColumns)
    }

    @Test("is the best of all assignments", arguments: [(1, 3), (3, 1), (2, 5), (4, 4), (5, 3), (5, 6)])
    func bruteForce(rows: Int, columns: Int) throws {
        var stream = RandomStream(seed: 3, name: "costs \(rows)×\(columns)")
        for _ in 0..<20 {
            let costs = (0..<rows * columns).map { _ in stream.nextUniform() - 0.5 }
            let pairs = try linearAssignment(costs: costs, rows: rows, columns: columns)
            #expect(pairs.count == min(rows, columns))
            #expect(Set(pairs.map(\.column)).count == pairs.count)
            #expect(pairs.map(\.row) == Set(pairs.map(\.row)).sorted())
            let total = pairs.reduce(0) { $0 + costs[$1.row * columns + $1.column] }
            // Sums of at most five numbers below 1/2 in different orders.
            #expect(abs(total - least(costs, rows, columns)) < 1e-12)
        }
    }

    /// The least total over all ways to give rows to columns, by trying them.
    private func least(_ costs: [Double], _ rows: Int, _ columns: Int) -> Double {
        func best(_ row: Int, _ free: Set<Int>, _ missing: Int) -> Double {
            if missing == 0 { return 0 }
            if row == rows { return .infinity }
            let skipped = best(row + 1, free, missing)
            return free.reduce(skipped) {
                min($0, costs[row * columns + $1] + best(row + 1, free.subtracting([$1]), missing - 1))
            }
        }
        return best(0, Set(0..<columns), min(rows, columns))
    }

    @Test(arguments: [(0, 3), (3, 0), (0, 0)])
    func empty(rows: Int, columns: Int) throws {
        #expect(try linearAssignment(costs: [], rows: rows, columns: columns).isEmpty)
    }

    @Test("says which cost is not finite", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(_ value: Double) {
        let error = MatchingError(tensor: "cost", value: value, position: [1, 2])
        #expect(throws: error) { try linearAssignment(costs: [0, 1, 2, 3, 4, value], rows: 2, columns: 3) }
        #expect(error.description.contains("cost: expected finite values, got \(value) at [1, 2]"))
    }
}
