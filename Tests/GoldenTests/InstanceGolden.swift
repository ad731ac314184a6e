import Annotations
import Checkpoints
import Networks

extension GoldenReport {
    /// `eval.instances.I`, rows (class, score, query, area) by query, then class, and `eval.instance_masks.I`, the
    /// masks of these queries, each once.
    mutating func compareInstances(
        _ golden: GoldenFile, _ predictions: MaskPredictions, _ index: Int, _ request: InferenceRequest
    ) throws {
        let (name, masksName) = ("eval.instances.\(index)", "eval.instance_masks.\(index)")
        let test = golden.configuration.test.inference
        let found = predictions.instanceSegmentation(
            image: index, request, count: test.detectionsPerImage, isThing: test.panoptic ? golden.isThing : nil
        ).sorted { ($0.query, $0.category) < ($1.query, $1.category) }
        let values = try golden.file.floats(named: name)
        let rows = stride(from: 0, to: values.count, by: 4).map { Array(values[$0..<$0 + 4]) }
        let isSame = found.map { [Float($0.category), Float($0.query)] } == rows.map { [$0[0], $0[2]] }
        note(name + " (classes and queries)", error: isSame ? 0 : .infinity, allowed: 0)
        guard isSame else { return note(masksName, error: .infinity, allowed: 0) }
        compare(
            name + " (scores)", found.map(\.score), rows.map { $0[1] }, allowed: golden.allowed(name, floor: 1e-4))
        let areas = zip(found, rows).map { abs(Double($0.mask.area) - Double($1[3])) }
        note(name + " (areas)", error: (areas.max() ?? 0) / Double(request.output.area), allowed: 1e-3)
        try compareInstanceMasks(golden, masksName, found, pixels: request.output.area)
    }

    private mutating func compareInstanceMasks(
        _ golden: GoldenFile, _ name: String, _ found: [PredictedInstance], pixels: Int
    ) throws {
        let official = try golden.file.floats(named: name).map { Int($0) }
        var (place, worst) = (0, 0)
        var queries: Set<Int> = []
        for instance in found where queries.insert(instance.query).inserted {
            let runs = official[(place + 1)...].prefix(official[place])
            place += 1 + runs.count
            let bits = runs.enumerated().flatMap { [Bool](repeating: $0.offset % 2 == 1, count: $0.element) }
            guard bits.count == pixels else { return note(name + " (size)", error: .infinity, allowed: 0) }
            worst = max(worst, zip(instance.mask.bits, bits).count { $0 != $1 })
        }
        note(name, error: Double(worst) / Double(pixels), allowed: 1e-3)
        note(name + " (count)", error: place == official.count ? 0 : .infinity, allowed: 0)
    }
}
