import Annotations
import Files
import Foundation
import Metrics
import Scoring
import Testing

@Suite struct ResultsComparisonTests {
    /// Folders with results.json of these predictions of six pixels.
    private func compared(_ predictions: [[UInt16]], names: [String], records: [String]) throws -> [String] {
        let root = NSTemporaryDirectory() + "comparison-tests-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: root) }
        let folders = try zip(predictions, records).enumerated().map { number, run in
            var evaluator = SemanticEvaluator(classNames: names)
            try evaluator.add(prediction: run.0, truth: [0, 0, 0, 1, 1, 255], image: "a")
            let output = try OutputFolder("\(root)/\(number)", overwrites: false) { Issue.record("\($0)") }
            defer { output.close() }
            try EvaluationReport([("set", ScoringReport([evaluator]))], record: run.1).write(to: output)
            return output.path
        }
        return try ResultsComparison(folders[0], folders[1] + "/results.json").lines.map {
            $0.replacingOccurrences(of: root, with: "")
        }
    }

    @Test func classesStandFromTheGreatestLossToTheGreatestGain() throws {
        let lines = try compared(
            [[0, 1, 2, 1, 1, 2], [0, 0, 1, 1, 0, 2]], names: ["road", "side-walk", "sky"],
            records: [
                "{\"weights\": {\"path\": \"a\"}, \"configuration\": {\"SOLVER.BASE_LR\": 0.5, \"SEED\": 1}}",
                "{\"weights\": {\"path\": \"b\"}, \"configuration\": {\"SOLVER.BASE_LR\": 0.25, \"SEED\": 1}}",
            ])
        #expect(
            lines.prefix(10) == [
                "A: /0/results.json", "B: /1/results.json", "",
                "sem_seg      A      B   B - A",
                "-----------------------------",
                "mIoU     50.00  41.67   -8.33",
                "fwIoU    46.67  43.33   -3.33",
                "mACC     66.67  58.33   -8.33",
                "pACC     60.00  60.00    0.00",
                "PQ_st    22.22   0.00  -22.22",
            ])
        let start = try #require(lines.firstIndex { $0.hasPrefix("IoU of classes") })
        #expect(
            Array(lines[start...]) == [
                "IoU of classes      A      B   B - A",
                "------------------------------------",
                "side-walk       66.67  33.33  -33.33",
                "road            33.33  50.00  +16.67",
                "sky                 -      -       -",
                "1 better, 1 worse, 0 the same", "",
                "made with different", "  SOLVER.BASE_LR: 0.5 | 0.25", "  weights.path: a | b",
            ])
    }

    @Test func whatIsNoResultIsNamed() throws {
        let path = NSTemporaryDirectory() + "comparison-tests-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "{\"sem_seg\": [}".write(toFile: path, atomically: true, encoding: .utf8)
        for place in [path, path + "-none"] {
            let error = #expect(throws: InputError.self) { _ = try ResultsComparison(place, place) }
            #expect(error?.place == place)
        }
    }
}
