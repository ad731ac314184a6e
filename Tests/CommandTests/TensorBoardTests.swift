import Foundation
import TestSupport
import Testing

/// What TensorBoard itself reads of a run that was killed and went on.
@Suite struct TensorBoardTests {
    private struct Events: Decodable {
        struct Picture: Decodable {
            let step: Int
            let said, size: [Int]
            let format: String
        }

        /// Points as step and value.
        let scalars: [String: [[Double]]]
        let images: [String: [Picture]]
    }

    @Test(
        .enabled(
            if: Python.hasOrMust("tensorboard, PIL"), "\(Python.path) (PEM_PYTHON) lacks tensorboard or pillow"))
    func curvesGoOnAfterAKill() throws {
        let project = try TinyProject()
        let settings = [
            "SOLVER.MAX_ITER", "30", "SOLVER.CHECKPOINT_PERIOD", "8", "TEST.EVAL_PERIOD", "12",
            "SOLVER.BACKBONE_MULTIPLIER", "0.5",
        ]
        let killed = try Command.run(
            "pem-train", project.options("run") + settings, until: "iteration 20/30", signal: SIGKILL)
        #expect(killed.status == SIGKILL)
        // What a kill within a write leaves.
        let first = try #require(try eventFiles(project).first)
        let handle = try #require(FileHandle(forWritingAtPath: project.file("run/" + first)))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data([40, 0, 0, 0, 0, 0, 0]))
        try handle.close()
        #expect(try project.train("run", settings + ["--resume"]).status == 0)
        #expect(try eventFiles(project).count == 2)

        let result = try Python.run(script: "tensorboard_events.py", [project.file("run")])
        try #require(result.status == 0, "\(result.output)")
        let text = try #require(result.output.split(separator: "\n").last { $0.hasPrefix("{") })
        let events = try JSONDecoder().decode(Events.self, from: Data(text.utf8))
        let lines = try metrics(project)
        var compared = 0
        for (tag, points) in events.scalars {
            // `loss/loss_ce` is `loss_ce` there, `sem_seg_classes/IoU-sky` is `sem_seg/IoU-sky`.
            let name = ["loss/", "train/"].first(where: tag.hasPrefix).map { String(tag.dropFirst($0.count)) }
            let key = name ?? tag.replacingOccurrences(of: "_classes/", with: "/")
            let expected = lines.compactMap { line in (line[key] as? Double).map { [line["iteration"] ?? 0, $0] } }
            #expect(points.map { Int($0[0]) } == expected.compactMap { $0[0] as? Int }, "\(tag)")
            for (point, line) in zip(points, expected) {
                let value = try #require(line[1] as? Double)
                #expect(abs(point[1] - value) <= 1e-6 * abs(value) + 1e-4, "\(tag)")
                compared += 1
            }
        }
        #expect(compared > 30 * 10)
        for tag in [
            "loss/total_loss", "loss/loss_ce_0", "train/lr", "train/lr_backbone", "train/gradient_norm",
            "train/images_per_second", "train/data_time", "train/memory_mb",
        ] {
            #expect(events.scalars[tag]?.map { $0[0] } == (0..<30).map(Double.init), "\(tag)")
        }
        for tag in ["sem_seg/mIoU", "sem_seg_classes/IoU-sky"] {
            #expect(events.scalars[tag]?.map { $0[0] } == [11, 23, 29], "\(tag)")
        }
        // Both images of the validation set: 128 × 64 three times, side by side.
        #expect(events.images.keys.sorted() == ["panels/street0", "panels/street1"])
        for (tag, pictures) in events.images {
            #expect(pictures.map(\.step) == [11, 23, 29], "\(tag)")
            for picture in pictures {
                #expect(picture.said == picture.size && picture.format == "JPEG")
                #expect(picture.size[0] >= 3 * 128 && picture.size[1] >= 64)
            }
        }
    }

    private func eventFiles(_ project: TinyProject) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: project.file("run"))
            .filter { $0.hasPrefix("events.out.tfevents.") }.sorted()
    }

    private func metrics(_ project: TinyProject) throws -> [[String: Any]] {
        String(decoding: try #require(project.bytes("run/metrics.jsonl")), as: UTF8.self).split(separator: "\n")
            .compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
    }
}
