import Checkpoints
import Foundation
import TestSupport
import Testing

/// Weights as users name and bring them: missing, official, damaged, wrapped, in folders.
@Suite(.serialized) struct GivenWeightsTests {
    private static let short = ["SOLVER.MAX_ITER", "1", "TEST.EVAL_PERIOD", "0", "DATASETS.TEST", "[]"]

    /// The weights of a network trained for a step.
    private static let trained: Data? = {
        guard let project = try? TinyProject(), let result = try? project.train("run", short), result.status == 0 else {
            return nil
        }
        return project.bytes("run/model_final.safetensors")
    }()

    private let project: TinyProject
    private var model: String { project.file("model.safetensors") }

    init() throws {
        project = try TinyProject()
        try #require(Self.trained, "pem-train failed").write(to: URL(fileURLWithPath: model))
    }

    /// Runs with the project as the current folder.
    private func run(_ command: String, _ arguments: [String]) throws -> Command.Result {
        try Command.run(command, arguments, shell: "cd '\(project.path)'")
    }

    private func train(_ config: String, _ more: [String]) throws -> Command.Result {
        try run("pem-train", ["--config", config, "--output", "run-\(UUID().uuidString)"] + Self.short + more)
    }

    private func config(naming weights: String) throws -> String {
        try "_BASE_: tiny.cfg\nMODEL: {WEIGHTS: \"\(weights)\"}\n"
            .write(toFile: project.file("own.cfg"), atomically: true, encoding: .utf8)
        return "own.cfg"
    }

    /// The model with other names and values.
    private func write(
        _ name: String, renaming rename: (String) -> String = { $0 },
        changing change: (String, inout [Float]) -> Void = { _, _ in }
    ) throws {
        let file = try SafetensorsFile(path: model)
        let tensors = try file.names.map { name in
            var values = try file.floats(named: name)
            change(name, &values)
            return SavedTensor(name: rename(name), shape: file.shape(named: name) ?? []) { [values] in values }
        }
        if name.hasSuffix(".pth") {
            try TorchFile.write(tensors, to: project.file(name))
        } else {
            try SafetensorsFile.write(tensors, to: project.file(name))
        }
    }

    // MARK: Missing

    @Test func anOwnFileThatIsMissingIsAnError() throws {
        for path in ["modell.safetensors", "mine.pkl", "none/own.pth"] {
            let result = try train(config(naming: path), [])
            #expect(result.status == 1 && result.errors.hasPrefix("error: own.cfg:2:"), "\(result.errors)")
            #expect(result.errors.contains("MODEL.WEIGHTS: cannot read \(path): no such file"), "\(result.errors)")
            #expect(result.errors.contains("did you mean model.safetensors") == path.hasPrefix("modell"))
        }
        #expect(try train("own.cfg", ["MODEL.WEIGHTS", ""]).status == 0)
    }

    @Test(arguments: [
        ("detectron2://ImageNetPretrained/torchvision/R-50.pkl", "Checkpoints/R-50.pkl", "dl.fbaipublicfiles.com"),
        ("https://example.org/net.pth", "Checkpoints/net.pth", "https://example.org/net.pth"),
        ("R-50.pkl", "Checkpoints/R-50.pkl", "dl.fbaipublicfiles.com"),
        ("./pretrained_models/STDC1.pkl", "Checkpoints/STDC1.tar", "STDCNet813M_73.91.tar"),
        ("./pretrained_models/STDC2.pkl", "Checkpoints/STDC2.tar", "STDCNet1446_76.47.tar"),
        ("mit_b5.pth", "Checkpoints/mit_b5.pth", "mit_b5.pth, which https://github.com/NVlabs/SegFormer#training"),
        (
            "PIDNet_S_ImageNet.pth.tar", "Checkpoints/PIDNet_S_ImageNet.pth.tar",
            "PIDNet_S_ImageNet.pth.tar, which https://github.com/XuJiacong/PIDNet#models"
        ),
    ])
    func anOfficialFileIsAskedFor(name: String, place: String, source: String) throws {
        let config = try config(naming: name)
        let stopped = try train(config, [])
        #expect(stopped.status == 1 && stopped.errors.hasPrefix("error: own.cfg:2:"))
        for text in [name, "get ", source, "put it at \(place)", "--from-scratch", "MODEL.WEIGHTS \"\""] {
            #expect(stopped.errors.contains(text), "\(stopped.errors)")
        }
        for more in [["--from-scratch"], ["MODEL.WEIGHTS", ""], ["--weights", ""]] {
            let result = try train(config, more)
            #expect(
                result.status == 0 && result.output.contains("weights: initial ones, at random"), "\(result.errors)")
        }
        // Where it was put, it is taken.
        try FileManager.default.createDirectory(
            atPath: project.file("Checkpoints"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: model, toPath: project.file(place))
        let result = try train(config, [])
        #expect(result.status == 0 && result.output.contains("weights: \(place)\n"), "\(result.errors)")
        // Given weights are evaluated without it, and the network is profiled.
        try FileManager.default.removeItem(atPath: project.file(place))
        let evaluation = ["--config", config, "--output", "scores"]
        #expect(try run("pem-eval", evaluation + ["--weights", "model.safetensors"]).status == 0)
        let unnamed = try run("pem-eval", evaluation)
        #expect(unnamed.status == 1 && unnamed.errors.contains("name trained weights by --weights FILE"))
    }

    @Test func theProfileNeedsNoWeights() throws {
        let config = try config(naming: "detectron2://ImageNetPretrained/torchvision/R-50.pkl")
        let result = try run("pem-profile", ["--config", config, "--size", "64x64", "--runs", "1"])
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func fromScratchExcludesWeights() throws {
        for more in [["--weights", "model.safetensors"], ["MODEL.WEIGHTS", "model.safetensors"]] {
            let result = try train("tiny.cfg", ["--from-scratch"] + more)
            #expect(result.status == 64 && result.errors.contains("--from-scratch excludes"))
        }
    }

    /// A run that has checkpoints does not need what it started from.
    @Test func resumingNeedsNoStart() throws {
        let config = try config(naming: "model.safetensors")
        let options = ["--config", config, "--output", "run"]
        #expect(try run("pem-train", options + Self.short).status == 0)
        try FileManager.default.removeItem(atPath: model)
        let more = ["--resume", "SOLVER.MAX_ITER", "2", "TEST.EVAL_PERIOD", "0", "DATASETS.TEST", "[]"]
        #expect(try run("pem-train", options + more).status == 0)
    }

    // MARK: Named by the configuration

    @Test func weightsOfTheConfigurationAreEnough() throws {
        let picture = "images/val/street0.png"
        let named = try config(naming: "model.safetensors")
        for (config, more) in [(named, []), ("tiny.cfg", ["MODEL.WEIGHTS", "model.safetensors"])] {
            let evaluated = try run("pem-eval", ["--config", config, "--output", "scores"] + more)
            #expect(evaluated.status == 0 && evaluated.output.contains("mIoU"), "\(evaluated.errors)")
            let predicted = try run("pem-predict", ["--config", config, "--output", "pictures", picture] + more)
            #expect(predicted.status == 0, "\(predicted.errors)")
        }
        for command in ["pem-eval", "pem-predict"] {
            let words = command == "pem-eval" ? [] : [picture]
            let result = try run(command, ["--config", "tiny.cfg", "--output", "none"] + words)
            #expect(result.status == 64 && result.errors.contains("'--weights <file>', or MODEL.WEIGHTS"))
        }
    }

    // MARK: Not finite

    @Test func weightsThatAreNotFiniteAreRefused() throws {
        let place = "sem_seg_head.predictor.class_embed.weight"
        try write("nan.safetensors", changing: { name, values in if name == place { values[3] = .nan } })
        try write("inf.pth", changing: { name, values in if name == place { values[3] = .infinity } })
        for file in ["nan.safetensors", "inf.pth"] {
            for (command, more) in [
                ("pem-eval", []), ("pem-predict", ["images/val/street0.png"]), ("pem-train", Self.short),
            ] {
                let result = try run(
                    command, ["--config", "tiny.cfg", "--weights", file, "--output", "o-\(command)"] + more)
                #expect(result.status == 1, "\(command)")
                #expect(
                    result.errors.contains("tensor \(place) has 1 of 128 values that are not finite"),
                    "\(result.errors)")
            }
            let converted = try run("pem-convert", [file, "converted.safetensors"])
            #expect(
                converted.status == 0 && converted.output.contains("warning: \(file): tensor \(place) has 1 of 128"))
        }
        #expect(
            project.bytes("o-pem-eval/results.json") == nil && project.bytes("o-pem-predict/street0_labels.png") == nil)
        #expect(try !run("pem-convert", ["model.safetensors", "converted.safetensors"]).output.contains("warning"))
    }

    // MARK: Wrapped

    @Test(arguments: ["module.", "model.", "net._orig_mod."], ["prefixed.safetensors", "prefixed.pth"])
    func aSharedPrefixIsTakenOff(prefix: String, file: String) throws {
        try write(file, renaming: { prefix + $0 })
        let note = "\(file): all names begin with \(prefix), which is taken off"
        let evaluated = try run("pem-eval", ["--config", "tiny.cfg", "--weights", file, "--output", "scores"])
        #expect(evaluated.status == 0 && evaluated.output.contains(note), "\(evaluated.errors)")
        let converted = try run("pem-convert", [file, "plain.safetensors", "--for", "tiny.cfg"])
        #expect(converted.status == 0 && converted.output.contains(note))
        #expect(project.bytes("plain.safetensors") != nil)
        #expect(
            try SafetensorsFile(path: project.file("plain.safetensors")).names == SafetensorsFile(path: model).names)
        let listed = try run("pem-convert", ["--inspect", file])
        #expect(listed.status == 0 && listed.output.contains("all names begin with \(prefix)"))
    }

    @Test func aPrefixThatDoesNotHelpIsNamed() throws {
        try write("other.safetensors", renaming: { "model." + $0.replacingOccurrences(of: ".", with: "_") })
        let result = try run(
            "pem-eval", ["--config", "tiny.cfg", "--weights", "other.safetensors", "--output", "scores"])
        #expect(result.status == 1 && result.errors.contains("all names begin with model."))
        #expect(!result.errors.contains("config.yaml"))
    }

    @Test func aFolderStandsForItsWeights() throws {
        #expect(try run("pem-train", ["--config", "tiny.cfg", "--output", "run"] + Self.short).status == 0)
        let result = try run("pem-eval", ["--config", "tiny.cfg", "--weights", "run", "--output", "scores"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("run is a folder: run/model_final.safetensors is taken"))
        let empty = try run("pem-eval", ["--config", "tiny.cfg", "--weights", "images", "--output", "scores"])
        #expect(empty.status == 1 && empty.errors.contains("a folder without weights"))
    }

    // MARK: What is told at the start

    @Test func tasksThatTheSamplesDoNotTeachAreWarnedOf() throws {
        let panoptic = try train("tiny.cfg", ["MODEL.MASK_FORMER.TEST.PANOPTIC_ON", "True"])
        #expect(
            panoptic.output.contains(
                "warning: MODEL.MASK_FORMER.TEST.PANOPTIC_ON is True, but INPUT.DATASET_MAPPER_NAME"),
            "\(panoptic.output)\(panoptic.errors)")
        #expect(try !train("tiny.cfg", []).output.contains("DATASET_MAPPER_NAME"))
    }

    @Test func tasksThatTheDataCannotScoreAreTold() throws {
        let tasks = ["PANOPTIC_ON", "INSTANCE_ON"].flatMap { ["MODEL.MASK_FORMER.TEST.\($0)", "True"] }
        let result = try run("pem-eval", ["--config", "tiny.cfg", "--weights", model, "--output", "scores"] + tasks)
        for note in ["panoptic_seg, since tiny_val tells no segments", "segm, since tiny_val tells no objects"] {
            #expect(result.output.contains("note: without \(note) apart"), "\(result.output)\(result.errors)")
        }
        #expect(try Set(project.scores("scores").keys) == ["sem_seg"])
    }

    /// The official STDC file for ADE20K names a base that upstream lacks: every command takes the one that is meant.
    @Test func aSlipOfTheOfficialFilesIsWarnedOf() throws {
        try FileManager.default.copyItem(
            atPath: project.file("tiny.cfg"), toPath: project.file("pem_R50_bs32_160k.yaml"))
        let file = "pem_STDC1_bs32_90k.yaml"
        try "_BASE_: pem_R50_bs32_90k.yaml\nMODEL: {WEIGHTS: \"./pretrained_models/STDC1.pkl\"}\n"
            .write(toFile: project.file(file), atomically: true, encoding: .utf8)
        let warning = "warning: \(file):1:9: _BASE_: pem_R50_bs32_90k.yaml does not exist, upstream neither"
        let trained = try train(file, ["--from-scratch"])
        #expect(trained.status == 0 && trained.errors.contains(warning), "\(trained.errors)")
        let profiled = try run("pem-profile", ["--config", file, "--size", "64x64", "--runs", "1"])
        #expect(profiled.status == 0 && profiled.errors.contains(warning))
        let converted = try run("pem-convert", ["model.safetensors", "x.pth", "--for", file])
        #expect(converted.status == 0 && converted.errors.contains(warning))
    }

    /// Shipped files are bases wherever the user's own lies.
    @Test func aShippedBaseIsFound() throws {
        try "_BASE_: cityscapes_sem_stdc1.cfg\nMODEL: {WEIGHTS: none.pth}\n"
            .write(toFile: project.file("own.cfg"), atomically: true, encoding: .utf8)
        let result = try run("pem-eval", ["--config", "own.cfg", "--output", "scores"])
        #expect(result.status == 1 && result.errors.contains("cannot read none.pth"), "\(result.errors)")
    }
}
