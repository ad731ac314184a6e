import Foundation
import TestSupport
import Testing

/// Where memory is short, a command says so in one line and ends; it neither hangs nor crashes.
@Suite(.serialized) struct MemoryTests {
    /// kB of address space: from less than the program's own code and work space to enough.
    @Test(arguments: [120_000, 200_000, 300_000, 450_000, 500_000, 550_000, 600_000, 700_000, 900_000])
    func trainingUnderALimitOfAddressSpace(kilobytes: Int) throws {
        let project = try TinyProject()
        let result = try project.train(
            "run", ["--threads", "2", "SOLVER.MAX_ITER", "4"], shell: "ulimit -v \(kilobytes) && ulimit -t 60")
        if result.status == 0 { return }
        #expect(result.status == 1, "\(kilobytes) kB: \(result.errors.suffix(500))")
        let lines = result.errors.split(separator: "\n").filter { !$0.hasPrefix("note: ") }
        #expect(lines.count == 1, "\(result.errors.suffix(500))")
        #expect(lines.first?.hasPrefix("error: memory is short: ") == true, "\(result.errors.suffix(500))")
        #expect(result.errors.contains("ulimit -v"))
    }

    @Test func aTensorTooLargeIsToldWithWhatToChange() throws {
        let project = try TinyProject()
        let result = try project.train(
            "run", ["--threads", "1", "INPUT.CROP.SIZE", "(4096, 8192)", "SOLVER.MAX_ITER", "1"],
            shell: "ulimit -v 900000 && ulimit -t 60")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("error: memory is short: "), "\(result.errors.suffix(500))")
        #expect(result.errors.contains("lower INPUT.CROP.SIZE or SOLVER.IMS_PER_BATCH, or raise SOLVER.ACCUMULATE"))
        #expect(result.output.contains("warning: a training step needs about "), "\(result.output)")
    }

    @Test func predictionIsToldToLowerItsSize() throws {
        let project = try TinyProject()
        try #require(try project.train("run", ["SOLVER.MAX_ITER", "1", "TEST.EVAL_PERIOD", "0"]).status == 0)
        let result = try Command.run(
            "pem-predict",
            project.options("pictures") + [
                "--weights", project.file("run/model_final.safetensors"), "--threads", "1",
                project.file("images/val/street0.png"), "INPUT.MIN_SIZE_TEST", "8192", "INPUT.MAX_SIZE_TEST", "100000",
            ], shell: "ulimit -v 2500000 && ulimit -t 60")
        #expect(result.status == 1)
        #expect(result.errors.contains("lower INPUT.MIN_SIZE_TEST"), "\(result.errors.suffix(500))")
    }
}
