import Foundation
import TestSupport
import Testing

/// What users type, in every command.
@Suite(.serialized) struct CommandLineTests {
    static let commands = [
        "pem-train", "pem-eval", "pem-predict", "pem-profile", "pem-convert", "pem-data", "pem-bench", "pem-doctor",
    ]

    private static let wrong: [(String, [String])] =
        commands.map { ($0, ["--no-such-option"]) }
        + [
            ("pem-train", ["--config"]), ("pem-train", ["--config", "x.cfg", "--threads", "two"]),
            ("pem-eval", ["--format", "klingon"]), ("pem-eval", []), ("pem-predict", ["a.png"]),
            ("pem-profile", ["--config", "x.cfg", "--size", "0"]), ("pem-convert", []),
            ("pem-data", ["check"]), ("pem-data", ["chek"]), ("pem-data", ["synth", "--images", "1"]),
            ("pem-data", ["prepare", "imagenet"]), ("pem-bench", ["--rounds", "0"]),
        ]

    @Test(arguments: wrong) func everyErrorBeginsAlike(command: String, arguments: [String]) throws {
        let result = try Command.run(command, arguments)
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("error: ") && result.errors.contains("\(command)"), "\(result.errors)")
        #expect(!result.errors.contains("Error:"))
    }

    @Test(arguments: [
        ("pem-train", ["--config", "/nowhere/x.cfg"]), ("pem-eval", ["--config", "/nowhere/x.cfg", "--weights", "w"]),
        ("pem-profile", ["--config", "/nowhere/x.cfg"]), ("pem-convert", ["/nowhere/x.pth", "/nowhere/x.pt"]),
        ("pem-data", ["check", "/nowhere/x.json"]), ("pem-data", ["prepare", "cityscapes", "--root", "/nowhere"]),
        ("pem-data", ["synth", "--output", "/proc/nowhere"]),
    ])
    func everyFailureBeginsAlike(command: String, arguments: [String]) throws {
        let result = try Command.run(command, arguments)
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("error: ") && !result.errors.contains("Error:"), "\(result.errors)")
    }

    @Test func keysAreExplained() throws {
        let result = try Command.run(
            "pem-train", ["--config", "pidnet/cityscapes_sem_s.cfg", "--keys", "MODEL.PIDNET.OHEM_KEEP", "7"])
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        let place = try #require(lines.firstIndex(of: "MODEL.PIDNET.OHEM_KEEP: 7"))
        #expect(lines[place + 1].hasPrefix("    Hard pixels of a batch at least"))
        // Not those of other families.
        #expect(!result.output.contains("MODEL.SWIN.") && result.output.contains("TEST.MEAN_IOU: \"pidnet\"\n"))
    }

    /// Threads that the machine has no processor for would take turns with others.
    @Test func threadsAreAtMostTheProcessors() throws {
        let result = try Command.run("pem-profile", ["--config", "/nowhere/x.cfg", "--threads", "4096"])
        #expect(result.errors.hasPrefix("note: --threads 4096: "), "\(result.errors)")
        #expect(result.errors.contains(" used, one for each processor that there is\nerror: "), "\(result.errors)")
    }

    @Test(arguments: commands) func helpGoesToStandardOutput(command: String) throws {
        let result = try Command.run(command, ["--help"])
        #expect(result.status == 0 && result.output.contains("USAGE: \(command)") && result.errors.isEmpty)
    }

    @Test(arguments: commands) func officialOptionsAreAnswered(command: String) throws {
        let takesConfiguration = ["pem-train", "pem-eval", "pem-predict", "pem-profile"].contains(command)
        var options = [
            (["--eval-only"], "pem-eval --config FILE --weights FILE"), (["--num-gpus", "4"], "--threads"),
            (["--num-gpus=4"], "--threads"), (["--num-machines", "2"], "one process"),
            (["--machine-rank", "0"], "one process"), (["--dist-url", "auto"], "one process"),
            (["--opts", "SEED", "1"], "KEY VALUE"),
        ]
        if !takesConfiguration { options.append((["--config-file", "x.yaml"], "use ")) }
        for (arguments, text) in options {
            let before = takesConfiguration ? ["--config-file", "x.yaml"] : []
            let result = try Command.run(command, before + arguments)
            #expect(result.status == 64 && result.errors.hasPrefix("error: \(arguments[0].prefix { $0 != "=" }) "))
            #expect(result.errors.contains(text), "\(result.errors)")
        }
    }

    @Test(arguments: [
        (["SOLVER.MAX_ITER"], "SOLVER.MAX_ITER: the value is missing", ""),
        (["SOLVER.BASE_LR=0.1"], "SOLVER.BASE_LR: the value is missing", "write KEY VALUE with a space"),
        (["SOLVER.BASE_LR=0.1", "SOLVER.MAX_ITER=3"], "SOLVER.BASE_LR: the value is missing", "with a space"),
        (["SOLVER.MAX_ITER", "--resume"], "SOLVER.MAX_ITER: the value is missing", ""),
    ])
    func aKeyWithoutAValue(words: [String], message: String, hint: String) throws {
        let project = try TinyProject()
        for command in ["pem-train", "pem-eval", "pem-predict", "pem-profile"] {
            let own: [String] =
                switch command {
                case "pem-train": ["--output", project.file("x")]
                case "pem-profile": []
                case "pem-eval": ["--output", project.file("x"), "--weights", "w"]
                default: ["--output", project.file("x"), "--weights", "w", "a.png"]
                }
            if command != "pem-train", words.contains("--resume") { continue }
            let result = try Command.run(command, ["--config", project.file("tiny.cfg")] + own + words)
            #expect(result.status == 1 && result.errors.contains(message), "\(command): \(result.errors)")
            #expect(hint.isEmpty || result.errors.contains(hint), "\(command): \(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: project.file("x")))
    }

    /// Options and keys in any order, `--` before the keys, a data set's name alone, files named like numbers.
    @Test func wordsAsUsersTypeThem() throws {
        let project = try TinyProject()
        let here = "cd '\(project.path)'"
        func run(_ command: String, _ arguments: [String]) throws -> Command.Result {
            let result = try Command.run(command, arguments, shell: here)
            #expect(result.status == 0, "\(arguments): \(result.errors)")
            return result
        }
        let short = ["SOLVER.MAX_ITER", "1", "TEST.EVAL_PERIOD", "0"]
        for name in ["20241126", "on", "1e3", "None", "'q'"] {
            _ = try run(
                "pem-train",
                ["--config", "tiny.cfg", "--output", name, "--"] + short + [
                    "DATASETS.TRAIN", "folder:tiny.json:train", "DATASETS.TEST", "",
                ])
            #expect(project.bytes("\(name)/model_final.safetensors") != nil, "\(name)")
        }
        try FileManager.default.copyItem(
            atPath: project.file("on/model_final.safetensors"), toPath: project.file("7"))
        _ = try run(
            "pem-eval",
            [
                "--config", "tiny.cfg", "--weights", "7", "--output", "1", "--save-predictions", "2",
                "DATASETS.TEST", "folder:tiny.json:val",
            ])
        #expect(project.bytes("1/results.json") != nil && project.bytes("2/street0.png") != nil)
        _ = try run(
            "pem-eval", ["--config", "tiny.cfg", "--predictions", "2", "--format", "labels", "--output", "3"])
        #expect(project.bytes("3/results.json") != nil)
        _ = try run(
            "pem-predict",
            ["--config", "tiny.cfg", "--output", "4", "--raw", "5", "MODEL.WEIGHTS", "7", "images/val/street0.png"])
        #expect(project.bytes("4/street0_labels.png") != nil && project.bytes("5") != nil)
        _ = try run("pem-data", ["synth", "--output", "6/cityscapes", "--images", "2", "--size", "32x64"])
        _ = try run("pem-data", ["check", "cityscapes_fine_sem_seg_val", "--root", "6", "--quick"])
    }
}
