extension SemanticResult {
    /// The scores as lines for a terminal: one per class (IoU, accuracy, share of the pixels), then the
    /// means. A dash stands for a class that is not in the images.
    package func table() -> String {
        let header = ["class", "IoU", "ACC", "pixels %"]
        let rows = classNames.indices.map { index in
            [classNames[index]] + [iou[index], accuracy[index], frequency[index]].map(Self.cell)
        }
        let widths = header.indices.map { column in
            ([header] + rows).map { $0[column].count }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
                return column == 0 ? cell.0 + padding : padding + cell.0
            }.joined(separator: "  ")
        }
        let rule = String(repeating: "-", count: widths.reduce(0, +) + 2 * (widths.count - 1))
        let means = [
            ("mIoU", meanIoU), ("fwIoU", frequencyWeightedIoU), ("mACC", meanAccuracy),
            ("pACC", pixelAccuracy),
        ].map { "\($0.0) \(Self.cell($0.1))" }.joined(separator: "   ")
        return ([line(header), rule] + rows.map(line) + [rule, means]).joined(separator: "\n")
    }

    /// Two decimals, as the papers print them.
    private static func cell(_ percent: Double) -> String {
        guard percent.isFinite else { return "-" }
        let hundredths = Int((percent * 100).rounded())
        let decimals = String(hundredths % 100)
        return "\(hundredths / 100)." + (decimals.count == 1 ? "0" + decimals : decimals)
    }
}
