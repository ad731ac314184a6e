import Files
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
                mIoU of 2 of 3 classes 50.00   fwIoU 46.67   mACC 66.67   pACC 60.00   PQ^St 22.22
                """)
    }

    @Test func jsonIsNestedOrderedAndHasNoNaN() throws {
        let report = ScoringReport([try evaluator(["road", "say \"hi\"\\\n", "sky"])])
        let json = EvaluationReport([("set", report)], record: "{}").json
        #expect(json.hasPrefix("{\n  \"sem_seg\": {\n    \"mIoU\": 5"))
        #expect(json.contains("\"IoU-say \\\"hi\\\"\\\\\\u000a\": 66."))
        #expect(json.contains("\"IoU-sky\": null,"))
        let decoded = try JSONDecoder().decode([String: [String: Double?]].self, from: Data(json.utf8))
        let scores = try #require(decoded["sem_seg"])
        #expect(scores.count == 13)
        #expect(scores["pACC"] == .some(60))
        #expect(scores["IoU-say \"hi\"\\\n"] != nil)
    }

    @Test func fileIsWrittenWhole() throws {
        let folder = NSTemporaryDirectory() + "metrics-tests-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let output = try OutputFolder(folder, overwrites: false) { Issue.record("\($0)") }
        let report = EvaluationReport([("set", ScoringReport([try evaluator()]))], record: "{}")
        try report.write(to: output)
        try report.write(to: output)
        output.close()
        #expect(try String(contentsOfFile: folder + "/results.json", encoding: .utf8) == report.json)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [".pem-files", "results.json"])
        try FileManager.default.removeItem(atPath: folder)
        #expect(throws: FileError.self) { try report.write(to: output) }
    }

    /// Several data sets stand apart, under the names of DATASETS.TEST.
    @Test func setsAreReportedByThemselves() throws {
        let (first, second) = (try evaluator(), try evaluator(["ground", "pole", "tree"]))
        let report = EvaluationReport(
            [("a:val", ScoringReport([first])), ("b:val", ScoringReport([second]))], record: "{\"seed\": 1}")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: [String: Any]])
        #expect(object.keys.sorted() == ["a:val", "b:val", "run"])
        #expect((object["b:val"]?["sem_seg"] as? [String: Any])?["IoU-pole"] as? Double == first.result.iou[1])
        #expect(report.metrics.first?.name == "a:val/sem_seg/mIoU")
        #expect(report.score == first.result.meanIoU)
        let tables = report.lines.filter { $0.hasPrefix("== ") || $0.hasPrefix("sem_seg: ") }
        let title = "sem_seg: label maps by detectron2's rules (SemSegEvaluator)"
        #expect(tables == ["== a:val", title, "== b:val", title])
        #expect(report.summary.count == 4 && report.summary[1].contains("mIoU 50.00  fwIoU 46.67"))
    }

    /// Scores of averaged views have names of their own.
    @Test func averagedScoresAreNamedSo() throws {
        let report = ScoringReport([try evaluator()], augmented: true)
        #expect(report.metrics.first?.name == "sem_seg_TTA/mIoU")
        #expect(report.summary.first?.hasPrefix("sem_seg_TTA: mIoU 50.00") == true)
    }

    /// One program's means by another's names, below that one's task.
    @Test func cityscapesMeansHaveDetectron2sNames() throws {
        var official = CityscapesEvaluator()
        try official.add(
            prediction: [7, 7, 26, 26], truth: [7, 26, 26, 26], instances: [7, 26_001, 26_001, 26_001], place: "a")
        let report = ScoringReport([try evaluator(), official])
        let metrics = Dictionary(report.metrics.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        func mean(_ name: String) -> Double { official.result.entries.first { $0.name == name }?.value ?? .nan }
        #expect(metrics["sem_seg/mIoU"] == 50)
        #expect(metrics["sem_seg/IoU"] == 100 * mean("averageScoreClasses"))
        #expect(metrics["sem_seg/iIoU"] == 100 * mean("averageScoreInstClasses"))
        #expect(metrics["sem_seg/IoU_sup"] == 100 * mean("averageScoreCategories"))
        #expect(metrics["sem_seg/iIoU_sup"] == 100 * mean("averageScoreInstCategories"))
        #expect(metrics["cityscapes/averageScoreClasses"] == mean("averageScoreClasses"))
        let titles = report.lines.filter { $0.contains("rules") }
        #expect(titles.count == 2 && titles[1] == "cityscapes: label maps by Cityscapes' rules (cityscapesScripts)")
    }
}
