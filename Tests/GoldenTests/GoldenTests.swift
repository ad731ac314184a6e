import Testing

/// What the official implementations compute, file by file, by each file's metadata alone.
@Suite(.serialized, GoldenFolder.haveFiles) struct GoldenTests {
    @Test(arguments: GoldenFolder.paths) func agreesWithTheOfficialCode(path: String) throws {
        guard let golden = try GoldenFolder.built(path) else { return }
        var report = GoldenReport(golden.name, golden.margins)
        if golden.isBareBackbone {
            try report.compareSwiftFormer(golden)
        } else {
            try report.compareEvaluation(golden)
            try report.compareTraining(golden)
            try report.compareBatchStatistics(golden)
            try report.compareTrajectory(golden)
        }
        // The label maps of `edges` are what boundaries are made of.
        let inputs = golden.file.entries.keys.filter { $0.hasPrefix("edges.") && $0.hasSuffix(".labels") }
        report.requireAll(golden.file.entries.keys.filter { !inputs.contains($0) }.sorted())
        report.conclude()
    }

    /// The same weights as safetensors and an image as PNG, through the command.
    @Test(arguments: GoldenFolder.paths) func predictsWhatTheOfficialCodePredicts(path: String) throws {
        guard let golden = try GoldenFolder.built(path), !golden.isBareBackbone else { return }
        var report = GoldenReport(golden.name + " (pem-predict)", golden.margins)
        try report.comparePrediction(golden)
        report.conclude()
    }
}
