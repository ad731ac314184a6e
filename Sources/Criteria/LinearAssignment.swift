// Rectangular assignment by shortest augmenting paths: D. F. Crouse, "On implementing 2D rectangular assignment
// algorithms", 2016, a variant of Jonker and Volgenant's; also what SciPy's linear_sum_assignment runs.

/// A row and the column given to it.
package struct AssignedPair: Equatable, Sendable {
    /// The row: a query.
    package let row: Int
    /// The column: a target segment.
    package let column: Int
}

/// The assignment of least total cost: min(rows, columns) pairs, each row and column at most once, ascending by row.
///
/// `costs` is rows × columns, row-major. Among equally good assignments it takes the one that SciPy takes.
/// - Throws: `MatchingError` about the first cost that is not finite, as the tensor "cost".
package func linearAssignment(costs: [Double], rows: Int, columns: Int) throws(MatchingError) -> [AssignedPair] {
    precondition(
        rows >= 0 && columns >= 0 && costs.count == rows * columns,
        "linearAssignment: \(costs.count) costs for \(rows)×\(columns)")
    if let bad = costs.firstIndex(where: { !$0.isFinite }) {
        throw MatchingError(tensor: "cost", value: costs[bad], position: [bad / columns, bad % columns])
    }
    guard rows > 0, columns > 0 else { return [] }
    if columns >= rows {
        var solver = AssignmentSolver(costs: costs, rows: rows, columns: columns)
        return solver.solve().enumerated().map { AssignedPair(row: $0.offset, column: $0.element) }
    }
    // Paths start from the shorter side, so a tall matrix is turned.
    let turned = (0..<rows * columns).map { costs[$0 % rows * columns + $0 / rows] }
    var solver = AssignmentSolver(costs: turned, rows: columns, columns: rows)
    return solver.solve().enumerated().map { AssignedPair(row: $0.element, column: $0.offset) }
        .sorted { $0.row < $1.row }
}

/// The state of the search, for rows ≤ columns.
private struct AssignmentSolver {
    private let costs: [Double]
    private let rows: Int
    private let columns: Int
    private var rowPotential: [Double]
    private var columnPotential: [Double]
    private var columnOfRow: [Int]
    private var rowOfColumn: [Int]
    /// Of one search: the cheapest path to each column, the row before it on that path, what has been visited.
    private var distance: [Double]
    private var previousRow: [Int]
    private var visitedRows: [Int] = []
    private var visitedColumns: [Int] = []

    init(costs: [Double], rows: Int, columns: Int) {
        self.costs = costs
        self.rows = rows
        self.columns = columns
        rowPotential = Array(repeating: 0, count: rows)
        columnPotential = Array(repeating: 0, count: columns)
        columnOfRow = Array(repeating: -1, count: rows)
        rowOfColumn = Array(repeating: -1, count: columns)
        distance = Array(repeating: .infinity, count: columns)
        previousRow = Array(repeating: -1, count: columns)
    }

    /// The column of each row.
    mutating func solve() -> [Int] {
        for row in 0..<rows {
            let (sink, length) = shortestPath(from: row)
            updatePotentials(from: row, length: length)
            augment(from: row, to: sink)
        }
        return columnOfRow
    }

    /// Dijkstra over reduced costs from a free row to the nearest free column.
    private mutating func shortestPath(from start: Int) -> (sink: Int, length: Double) {
        // Columns are looked at from the last to the first, so that equal costs give the identity, as SciPy does.
        var remaining = Array((0..<columns).reversed())
        for column in 0..<columns { distance[column] = .infinity }
        visitedRows.removeAll(keepingCapacity: true)
        visitedColumns.removeAll(keepingCapacity: true)
        var (row, length) = (start, 0.0)
        while true {
            visitedRows.append(row)
            var (nearest, lowest) = (0, Double.infinity)
            for (place, column) in remaining.enumerated() {
                let reduced = length + costs[row * columns + column] - rowPotential[row] - columnPotential[column]
                if reduced < distance[column] {
                    previousRow[column] = row
                    distance[column] = reduced
                }
                // Of equally near columns a free one ends the search.
                if distance[column] < lowest || (distance[column] == lowest && rowOfColumn[column] < 0) {
                    (nearest, lowest) = (place, distance[column])
                }
            }
            length = lowest
            let column = remaining[nearest]
            visitedColumns.append(column)
            if rowOfColumn[column] < 0 { return (column, length) }
            row = rowOfColumn[column]
            remaining.swapAt(nearest, remaining.count - 1)
            remaining.removeLast()
        }
    }

    private mutating func updatePotentials(from start: Int, length: Double) {
        for row in visitedRows {
            rowPotential[row] += row == start ? length : length - distance[columnOfRow[row]]
        }
        for column in visitedColumns { columnPotential[column] -= length - distance[column] }
    }

    private mutating func augment(from start: Int, to sink: Int) {
        var column = sink
        while true {
            let row = previousRow[column]
            rowOfColumn[column] = row
            swap(&columnOfRow[row], &column)
            if row == start { return }
        }
    }
}
