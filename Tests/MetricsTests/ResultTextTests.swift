import Checkpoints
import Foundation
import Metrics
import Scoring
import Testing

@Suite struct ResultTextTests {
    private func evaluator(_ names: [String] = ["road", "traffic light", "sky"]) throws -> SemanticEvaluator {
        var evaluator = SemanticEvaluator(classNames: names)
        try evaluator.add(prediction: [0, 1, 2, 1, 1, 2], truth: [0, 0, 0, 1, 1, 255], image: "a")
        return evaluator
    }

    @Test func tableIsAligned() throws {
        #expect(
            try evaluator().result.table() == """
                class            IoU     ACC  pixels %
                --------------------------------------
                road           33.33   33.33     60.00
                traffic light  66.67  100.00     40.00
                sky                -       -      0.00
                --------------------------------------
                mIoU of 2 of 3 classes 50.00   fwIoU 46.67   mACC 66.67   pACC 60.00
                """)
    }

    @Test func jsonIsNestedOrderedAndHasNoNaN() throws {
        let json = ScoringReport([try evaluator(["road", "say \"hi\"\\\n", "sky"])]).json
        #expect(json.hasPrefix("{\n  \"sem_seg\": {\n    \"mIoU\": 5"))
        #expect(json.contains("\"IoU-say \\\"hi\\\"\\\\\\u000a\": 66."))
        #expect(json.contains("\"IoU-sky\": null,"))
        let decoded = try JSONDecoder().decode([String: [String: Double?]].self, from: Data(json.utf8))
        let scores = try #require(decoded["sem_seg"])
        #expect(scores.count == 10)
        #expect(scores["pACC"] == .some(60))
        #expect(scores["IoU-say \"hi\"\\\n"] != nil)
    }

    @Test func fileIsWrittenWhole() throws {
        let folder = NSTemporaryDirectory() + "metrics-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let report = ScoringReport([try evaluator()])
        try report.write(to: folder)
        try report.write(to: folder)
        #expect(try String(contentsOfFile: folder + "/results.json", encoding: .utf8) == report.json)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["results.json"])
        #expect(throws: CheckpointError.self) { try report.write(to: folder + "/no") }
    }
}
