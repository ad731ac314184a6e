extension SemanticResult {
    /// The scores as lines for a terminal: one per class (IoU, accuracy, share of the pixels), then the
    /// means. A dash stands for a class that is not in the images.
    package func table() -> String {
        let rows = classNames.indices.map { (classNames[$0], [iou[$0], accuracy[$0], frequency[$0]]) }
        let means = [
            ("mIoU", meanIoU), ("fwIoU", frequencyWeightedIoU), ("mACC", meanAccuracy),
            ("pACC", pixelAccuracy),
        ].map { "\($0.0) \(ScoreTable.cell($0.1))" }.joined(separator: "   ")
        return ScoreTable(header: ["class", "IoU", "ACC", "pixels %"], rows: rows, means: []).text + "\n" + means
    }
}
