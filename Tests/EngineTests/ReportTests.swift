import Engine
import Files
import Foundation
import Testing

@Suite struct ReportTests {
    private func report(_ step: Int) -> StepReport {
        StepReport(
            step: step, learningRate: 1e-4, totalLoss: 2.5,
            terms: [LossTerm("loss_ce", 0.5), LossTerm("loss_ce_0", 1), LossTerm("loss_mask_11", 1)],
            gradientNorm: 3, images: 4, seconds: 0.5, dataSeconds: 0.05)
    }

    @Test(arguments: [
        ("loss_ce", "ce"), ("loss_mask_11", "mask"), ("loss", "loss"), ("loss_my_term_2", "my_term"),
    ])
    func kindsOfLosses(name: String, kind: String) {
        #expect(LossTerm(name, 0).kind == kind)
    }

    @Test(arguments: [(59.6, "1:00"), (187, "3:07"), (7387, "2:03:07"), (93_780, "1 d 02:03")])
    func durations(seconds: Double, text: String) {
        #expect(ProgressReporter.duration(seconds) == text)
    }

    @Test func plainLinesEveryTwentyStepsAndAtTheEnd() throws {
        let folder = try TemporaryFolder()
        let descriptor = open(folder.file("out"), O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        let reporter = ProgressReporter(console: Console(descriptor: descriptor), maximumSteps: 45)
        for step in 0..<45 { reporter.receive(.step(report(step))) }
        let lines = String(decoding: try #require(folder.bytes("out")), as: UTF8.self).split(separator: "\n")
        #expect(lines.map { $0.prefix(15) } == ["iteration 20/45", "iteration 40/45", "iteration 45/45"])
        let line = try #require(lines.first)
        for part in [
            "loss 2.500 (ce 1.500, mask 1.000)", "lr 0.0001", "8.00 images/s", "data wait 10%", "ETA 0:13",
        ] {
            #expect(line.contains(part), "\(line)")
        }
        #expect(!line.contains("\u{1B}"))
    }

    /// Evaluations count once one was timed; before that the rest is at least what the steps take.
    @Test func evaluationsAreInTheTimeThatIsLeft() throws {
        let folder = try TemporaryFolder()
        let descriptor = open(folder.file("out"), O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        let reporter = ProgressReporter(
            console: Console(descriptor: descriptor), maximumSteps: 60,
            evaluations: EvaluationSchedule(period: 20, maximumSteps: 60))
        for step in 0..<60 {
            reporter.receive(.step(report(step)))
            guard step == 19 else { continue }
            reporter.receive(.evaluating(done: 0, total: 2))
            usleep(1_100_000)
            reporter.receive(.evaluating(done: 2, total: 2))
            reporter.receive(.evaluated(step: 19, EvaluationSummary(metrics: [], score: 1), isBest: true))
        }
        let lines = String(decoding: try #require(folder.bytes("out")), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 4 && lines[0].contains("  ETA >0:20  "), "\(lines)")
        // One more evaluation after step 60; that after step 40 follows at once.
        #expect(lines[2].contains("  ETA 0:11  ") && lines[3].contains("  ETA 0:00  "), "\(lines)")
    }

    @Test(arguments: [(0, 4), (2, 4), (3, 4), (4, 4), (5, 4), (1, 3)])
    func schedulesOfEvaluations(period: Int, maximum: Int) {
        let schedule = EvaluationSchedule(period: period, maximumSteps: maximum)
        let after = (0...maximum).filter { $0 > 0 && ($0 == maximum || period > 0 && $0 % period == 0) }
        #expect((0...maximum).filter(schedule.follows) == after)
        for done in 0...maximum { #expect(schedule.count(after: done) == after.filter { $0 > done }.count) }
    }

    @Test func theTextLogBeginsWithTheRun() throws {
        let folder = try TemporaryFolder()
        let log = TextLog(folder: folder.path)
        let console = Console(descriptor: -1)
        console.log = log
        console.line("early")
        #expect(folder.bytes("log.txt") == nil)
        try TextLog.requireOurs(in: folder.path)
        try log.open()
        console.progress("iteration 1")
        let lines = String(decoding: try #require(folder.bytes("log.txt")), as: UTF8.self).split(separator: "\n")
        #expect(lines.map { $0.dropFirst(22) } == ["early", "iteration 1"])
        try TextLog.requireOurs(in: folder.path)
        try "my notes".write(toFile: folder.file("log.txt"), atomically: true, encoding: .utf8)
        #expect(throws: FileError.self) { try TextLog.requireOurs(in: folder.path) }
    }

    /// Where nobody watches: a line at the end, and one a tenth of the way where that takes long.
    @Test(arguments: [(0, 10), (3600, 1)]) func imagesDone(interval: Int, count: Int) throws {
        let folder = try TemporaryFolder()
        let descriptor = open(folder.file("out"), O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        let progress = ImageProgress(
            Console(descriptor: descriptor), verb: "evaluated", interval: .seconds(interval))
        for done in 0...500 { progress.show(done, of: 500) }
        let lines = String(decoding: try #require(folder.bytes("out")), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == count && lines.last?.hasPrefix("evaluated 500/500 images  ") == true, "\(lines)")
    }

    @Test func theLogKeepsWholeLinesOfStepsThatWereDone() throws {
        let folder = try TemporaryFolder()
        var log: MetricsLog? = try MetricsLog(folder: folder.path, keepingSteps: 0)
        for step in 0..<6 { try log?.receive(.step(report(step))) }
        let summary = EvaluationSummary(
            metrics: [.init("sem_seg/mIoU", 41.5), .init("sem_seg/IoU-x", .nan)], score: 41.5)
        try log?.receive(.evaluated(step: 5, summary, isBest: true))
        log = nil
        let path = folder.file("metrics.jsonl")
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\"iteration\": 6, \"total_l".utf8))
        try handle.close()

        #expect(try MetricsLog(folder: folder.path, keepingSteps: 100).hasEvaluation(step: 5))
        #expect(try lines(path).count == 7)
        #expect(try lines(path).last?["sem_seg/mIoU"] as? Double == 41.5)
        #expect(try lines(path).last?["sem_seg/IoU-x"] is NSNull)
        #expect(try lines(path).first?["loss_mask_11"] as? Double == 1)
        #expect(try !MetricsLog(folder: folder.path, keepingSteps: 4).hasEvaluation(step: 5))
        #expect(try lines(path).compactMap { $0["iteration"] as? Int } == [0, 1, 2, 3])
    }

    /// Older files have no mark: there the names of the scores tell, whatever was scored.
    @Test(arguments: ["sem_seg/mIoU", "panoptic_seg/PQ", "segm/AP", "cityscapes/averageScoreClasses"])
    func evaluationsAreRecognised(name: String) throws {
        let folder = try TemporaryFolder()
        let log = try MetricsLog(folder: folder.path, keepingSteps: 0)
        try log.receive(.step(report(0)))
        #expect(!log.hasEvaluation(step: 0))
        let line = "{\"iteration\": 0, \"\(name)\": 41.5}\n"
        let handle = try #require(FileHandle(forWritingAtPath: folder.file("metrics.jsonl")))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(line.utf8))
        try handle.close()
        #expect(log.hasEvaluation(step: 0))
        try log.receive(.step(report(1)))
        #expect(!log.hasEvaluation(step: 1))
        let summary = EvaluationSummary(metrics: [.init("depth/RMSE", 2)], score: 2)
        try log.receive(.evaluated(step: 1, summary, isBest: true))
        #expect(log.hasEvaluation(step: 1))
        #expect(try lines(folder.file("metrics.jsonl")).last?["evaluation"] as? Bool == true)
    }

    private func lines(_ path: String) throws -> [[String: Any]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }
}
