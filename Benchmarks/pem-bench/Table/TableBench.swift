import Annotations
import Engine
import Profiling
import Tensors

/// Makes the table: reads all configurations, trains and scores what is to be, then measures all rows in turns.
struct TableBench {
    let options: TableOptions
    let rounds: Int
    let configs: String
    let compiler: String
    let console: Console

    /// The table; nil where a signal ended it before one round was whole. Throws one typed error for whatever is wrong:
    /// configurations and weights before anything is trained, scored or timed.
    func run() throws -> TableReport? {
        let trainings = try options.entries.map {
            try TableTraining($0, folder: options.folder, iterations: options.iterations, configs: configs)
        }
        let given = try TableRow.rows(options.networks)
        let rows = trainings.map(\.row) + given
        var (networks, data): ([TableNetwork], [String?]) = ([], [])
        for (index, row) in rows.enumerated() {
            do {
                let (network, identity) = try read(row, trainedLater: index < trainings.count)
                networks.append(network)
                data.append(identity)
            } catch { throw BenchFailure(description: "\(row.title): \(error)") }
        }
        Interruption.install()
        guard let scores = try scores(trainings, rows, data) else {
            console.line("stopped: the same command goes on from there (\(options.folder))")
            return nil
        }
        for index in rows.indices { networks[index].scores = scores[index] }
        return try measure(rows, networks, hasTrained: !trainings.isEmpty)
    }

    /// Reads a row, and the identity of the data that it is to be scored on; nil where there is none.
    private func read(_ row: TableRow, trainedLater: Bool) throws -> (network: TableNetwork, data: String?) {
        console.live("reading \(row.title)")
        var network = try TableNetwork(row, sizes: options.sizes, trainedLater: trainedLater, note: console.line)
        var data: String?
        if row.weights != nil, !trainedLater {
            switch try TableEvaluation.data(of: row, note: console.line) {
            case .none(let reason): network.reason = reason
            case .sets(let identity): data = identity
            }
        }
        let obstacle = network.reason.map { "; no scores: \($0)" } ?? ""
        console.line("\(row.title): \(network.network)" + obstacle)
        return (network, data)
    }

    /// The scores of the rows that have some; nil where a signal ended it. `data` is what `read` gave.
    private func scores(
        _ trainings: [TableTraining], _ rows: [TableRow], _ data: [String?]
    ) throws -> [TableScores?]? {
        if !trainings.isEmpty { try TableTraining.makeData(in: options.folder, note: console.line) }
        var scores: [TableScores?] = []
        for (index, row) in rows.enumerated() {
            StoragePool.releaseCache()
            if index < trainings.count {
                guard let trained = try trainings[index].scores(console: console) else { return nil }
                scores.append(trained)
            } else if let data = data[index] {
                let evaluation = try TableEvaluation(row, data: data, folder: options.folder)
                guard let scored = try evaluation.scores(console: console) else { return nil }
                scores.append(scored)
            } else {
                scores.append(nil)
            }
        }
        StoragePool.releaseCache()
        return scores
    }

    /// Times all rows in turns, at all sizes within a round.
    private func measure(_ rows: [TableRow], _ networks: [TableNetwork], hasTrained: Bool) throws -> TableReport? {
        let machine = try MatrixProduct().machine
        StoragePool.releaseCache()
        let threads = ThreadPool.threadCount
        let turns = options.sizes.flatMap { size in
            zip(rows, networks).compactMap { row, network in network.work(size).map { (row: row, work: $0) } }
        }
        let inTurns = TableRounds(rounds, isStopped: { Interruption.signal != nil }, note: console.line)
        let measured = try inTurns(turns) { row, work in
            console.live("\(row.title) at \(work.height)×\(work.width)")
            return try TableTurn(
                row: row, height: work.height, width: work.width, runs: options.runs, machine: machine
            ).inOwnProcess(threads: threads)
        }
        console.endLive()
        guard let measured else {
            console.line("stopped in the first round: what was measured is lost, scores are kept (\(options.folder))")
            return nil
        }
        let figures = zip(turns, measured.runs).map { TableReport.Row(title: $0.row.title, $0.work, $1) }
        let setting = TableReport.Setting(
            machine: machine, compiler: compiler, threads: threads, rounds: measured.rounds,
            runsPerRound: options.runs, plannedRounds: rounds)
        let sizes = options.sizes.map { size in
            TableReport.Size(
                height: size.height, width: size.width,
                rows: zip(turns, figures).compactMap { turn, row in
                    turn.work.height == size.height && turn.work.width == size.width ? row : nil
                })
        }
        return TableReport(setting, hasTrained: hasTrained, networks: networks, sizes: sizes)
    }
}
