import Foundation
import TestSupport
import Testing

/// Closed terminals, nohup and Ctrl-\.
@Suite(.serialized) struct SignalTests {
    private let project: TinyProject

    init() throws {
        project = try TinyProject()
        // Tests that run under nohup would hand it down.
        signal(SIGHUP, SIG_DFL)
    }

    /// Long enough that a signal arrives well before the end.
    private var training: [String] {
        project.options("run") + ["SOLVER.MAX_ITER", "5000", "SOLVER.CHECKPOINT_PERIOD", "5", "TEST.EVAL_PERIOD", "0"]
    }

    /// Large pictures for the network, so that a signal arrives before they are done.
    private let large = ["INPUT.MIN_SIZE_TEST", "512", "INPUT.MAX_SIZE_TEST", "1024"]

    private func weights() throws -> [String] {
        let result = try project.train("weights", ["SOLVER.MAX_ITER", "1", "DATASETS.TEST", "[]"])
        #expect(result.status == 0, "\(result.errors)")
        return ["--weights", project.file("weights/model_final.safetensors")]
    }

    /// The number in `stopped after N of`.
    private func stop(_ result: Command.Result) throws -> Int {
        let words = result.output.split(separator: " ")
        let place = try #require(words.indices.dropLast().last { words[$0] == "after" }, "\(result.output)")
        return try #require(Int(words[place + 1]), "\(result.output)")
    }

    @Test(arguments: [SIGHUP, SIGQUIT])
    func aSignalSaves(signal: Int32) throws {
        let stopped = try Command.run("pem-train", training, until: "model_0000004", signal: signal)
        #expect(stopped.status == 128 + signal && stopped.output.contains("--resume"), "\(stopped.output)")
        let steps = try stop(stopped)
        for kind in ["model", "state"] {
            #expect(project.bytes("run/" + String(format: "\(kind)_%07d.safetensors", steps - 1)) != nil)
        }
        let resumed = try project.train(
            "run", ["SOLVER.MAX_ITER", "\(steps + 1)", "TEST.EVAL_PERIOD", "0", "--resume"])
        #expect(resumed.status == 0 && resumed.output.contains("resuming after \(steps) of"), "\(resumed.errors)")
    }

    /// A terminal that closes may say so twice, and after Ctrl-C: that must not end the saving.
    @Test func hangingUpNeverCountsAsTheSecondSignal() throws {
        let stopped = try Command.run("pem-train", training, until: "model_0000004", signal: SIGTERM, SIGHUP, SIGHUP)
        #expect([128 + SIGTERM, 128 + SIGHUP].contains(stopped.status), "\(stopped.status)")
        #expect(try stop(stopped) >= 5)
        #expect(stopped.output.contains("everything is saved"), "\(stopped.output)")
    }

    /// As under nohup: a run that was started with SIGHUP ignored goes on.
    @Test func anIgnoredHangUpStaysIgnored() throws {
        let result = try Command.run(
            "pem-train", project.options("run") + ["SOLVER.MAX_ITER", "20", "SOLVER.CHECKPOINT_PERIOD", "5"],
            shell: "trap '' HUP", until: "model_0000004", signal: SIGHUP)
        #expect(result.status == 0 && result.output.contains("finished: "), "\(result.output)\(result.errors)")
    }

    @Test(arguments: [SIGHUP, SIGQUIT])
    func evaluationAndPredictionStop(signal: Int32) throws {
        let weights = try weights()
        let evaluation = try Command.run(
            "pem-eval", project.options("scores") + weights + large, until: "evaluating ", signal: signal)
        #expect(evaluation.status == 128 + signal, "\(evaluation.output)")
        #expect(project.bytes("scores/results.json") == nil)

        let pictures = (0..<4).map { project.file("images/train/street\($0).png") }
        let prediction = try Command.run(
            "pem-predict", project.options("pictures") + weights + pictures + large, until: "street0_overlay.png",
            signal: signal)
        #expect(prediction.status == 128 + signal, "\(prediction.output)")
        #expect(prediction.output.contains("stopped after "), "\(prediction.output)")
        #expect(project.bytes("pictures/street0_labels.png") != nil)
        #expect(project.bytes("pictures/street3_labels.png") == nil)
    }

    /// Before a run takes signals over, Ctrl-\ ends it at once, but without a dump: the status is an exit's.
    @Test func quittingLeavesNoDump() throws {
        // A thread of the test library has it blocked, and what it starts has, too, until it takes it over.
        var (quit, before) = (sigset_t(), sigset_t())
        sigemptyset(&quit)
        sigaddset(&quit, SIGQUIT)
        pthread_sigmask(SIG_UNBLOCK, &quit, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        // What is told of the data is told first.
        let training =
            project.options("run") + [
                "SOLVER.MAX_ITER", "200", "TEST.EVAL_PERIOD", "0", "MODEL.MASK_FORMER.NUM_OBJECT_QUERIES", "2",
            ]
        for _ in 0..<10 {
            let result = try Command.run("pem-train", training, until: "warning: tiny_train", signal: SIGQUIT)
            #expect(result.status == 128 + SIGQUIT)
            // On a busy machine the run may have taken it over by then.
            if !result.output.contains("stopped after") { return }
            try FileManager.default.removeItem(atPath: project.file("run"))
        }
        Issue.record("the signal came too late, ten times")
    }
}
