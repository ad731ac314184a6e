import Profiling

/// Works that take turns within each round, so that a machine that slows down slows all of them alike.
package struct TableRounds {
    private let rounds: Int
    private let isStopped: () -> Bool
    private let note: (String) -> Void

    /// `isStopped` is asked after every turn; `note` is told of every round.
    package init(_ rounds: Int, isStopped: @escaping () -> Bool, note: @escaping (String) -> Void) {
        (self.rounds, self.isStopped, self.note) = (rounds, isStopped, note)
    }

    /// The runs of each work from all rounds that were whole, and how many these are; nil where not even the first was.
    /// Throws what a turn throws, unless it was stopped.
    package func callAsFunction<Work>(
        _ works: [Work], turn: (Work) throws -> TimedRuns
    ) throws -> (rounds: Int, runs: [TimedRuns])? {
        var whole: [[TimedRuns]] = []
        for round in 0..<rounds where !isStopped() {
            note("round \(round + 1) of \(rounds)")
            guard let turns = try self.round(works, turn: turn) else { break }
            whole.append(turns)
        }
        if whole.isEmpty { return nil }
        return (whole.count, works.indices.map { place in TimedRuns(joining: whole.map { $0[place] }) })
    }

    /// The runs of one round; nil where it was stopped.
    private func round<Work>(_ works: [Work], turn: (Work) throws -> TimedRuns) throws -> [TimedRuns]? {
        var turns: [TimedRuns] = []
        for work in works {
            // Ctrl-C on a terminal reaches the process that measures, too.
            do { turns.append(try turn(work)) } catch  where isStopped() { return nil }
            if isStopped() { return nil }
        }
        return turns
    }
}
