extension TableReport {
    /// Images a second against mIoU, of the rows that have one; where none has, against multiply-adds.
    package var plot: TablePlot {
        TablePlot(
            sizes.map { size in
                let scores = size.rows.map { network($0)?.scores?.meanIoU }
                let hasScores = scores.contains { $0 != nil }
                let points = zip(size.rows, scores).compactMap { row, score -> TablePlot.Point? in
                    let y = hasScores ? score : Double(row.macs) / 1e9
                    return y.map { .init(name: row.title, x: row.imagesPerSecond, y: $0) }
                }
                let left = size.rows.count - points.count
                let note = left == 0 ? "" : "; \(left) without a score \(left == 1 ? "is" : "are") not shown"
                return .init(
                    title: "One image of \(size.height)×\(size.width), \(setting.threads) threads" + note,
                    yTitle: hasScores ? "mIoU, %" : "multiply-adds, 10⁹", isLogarithmic: !hasScores, points: points)
            })
    }
}
