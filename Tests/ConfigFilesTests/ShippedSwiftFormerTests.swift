import Backbones
import ConfigFiles
import Configurations
import Families
import Foundation
import PixelClassifiers
import Recipes
import Testing

/// The files of Configs/swiftformer.
@Suite struct ShippedSwiftFormerTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Configs/swiftformer").path

    private static func setup(_ name: String, _ overrides: String...) throws -> RunSetup {
        try RunSetup(path: "\(folder)/\(name).cfg", overrides: overrides, families: networkFamilies)
    }

    @Test(arguments: ["ade20k", "cityscapes"], ["xs", "s", "l1", "l3"])
    func settings(data: String, size: String) throws {
        let name = "\(data)_sem_\(size)"
        let text = try String(contentsOfFile: "\(Self.folder)/\(name).cfg", encoding: .utf8)
        #expect(text.hasPrefix("# Ours: SwiftFormer-\(size.uppercased()) with Semantic FPN"))
        let setup = try Self.setup(name)
        let run = setup.configuration
        #expect(setup.warnings.isEmpty && run.keysWithoutEffect.isEmpty)
        #expect(run.outputDirectory == "output/swiftformer_" + name)
        let family = try #require(try run.network() as? EncoderDecoderFamily)
        let classes = data == "ade20k" ? 150 : 19
        #expect(family.summary == "SwiftFormer-\(size.uppercased()) with Semantic FPN, \(classes) classes")
        let backbone = try #require(family.backbone as? SwiftFormer.Configuration)
        #expect(backbone.attention == .normalized && backbone.dropPathRate == 0)
        #expect(
            family.head as? FPNHead.Configuration
                == {
                    var head = FPNHead.Configuration()
                    head.classCount = classes
                    return head
                }())
        let solver = run.solver
        #expect(solver.maximumSteps == 40_000 && solver.imagesPerBatch == 32)
        #expect(solver.optimizer.rule == .adamW() && solver.optimizer.clipping == .none)
        let settings = solver.optimizer.settings
        #expect(settings.learningRate == 2e-4 && settings.weightDecay == 1e-4 && settings.normWeightDecay == 1e-4)
        #expect(settings.backboneMultiplier == 1 && settings.headMultiplier == 1)
        let schedule = solver.optimizer.schedule
        #expect(schedule.decay == .poly(power: 0.9, constantEnding: 0) && schedule.warmup.steps == 0)
        #expect(run.test.meanRule == .mmsegmentation && !run.test.inference.slide.isEnabled)
        #expect(run.model.weights == "swiftformer_\(size).dist_in1k.safetensors")
    }

    @Test func attentions() throws {
        func backbone(_ attention: String) throws -> SwiftFormer.Configuration? {
            let run = try Self.setup("ade20k_sem_l1", "MODEL.SWIFTFORMER.ATTENTION", attention).configuration
            let network = try run.network()
            #expect(network.summary.contains("first release") == (attention == "first_release"))
            return (network as? EncoderDecoderFamily)?.backbone as? SwiftFormer.Configuration
        }
        #expect(try backbone("normalized")?.attention == .normalized)
        #expect(try backbone("first_release")?.attention == .firstRelease)
        let error = #expect(throws: ConfigError.self) { try backbone("softmax") }
        #expect(error?.problem.contains("expected one of \"normalized\", \"first_release\"") == true)
    }

    @Test(arguments: [
        ("WIDTHS", "[47, 56, 112, 220]", "expected an even number first"),
        ("WIDTHS", "[48, 56, 112]", "expected 4 values, got 3"),
        ("DEPTHS", "[3, 3, 0, 4]", "expected 1 to 1000, got 0"),
        ("DROP_PATH_RATE", "1.0", "0.999"),
    ])
    func badSizesAreNamed(key: String, value: String, problem: String) {
        let error = #expect(throws: ConfigError.self) {
            try Self.setup("ade20k_sem_xs", "MODEL.SWIFTFORMER." + key, value)
        }
        #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
    }

    /// It may stand in any network, and its head behind any backbone.
    @Test func partsOfOthers() throws {
        let shipped = URL(fileURLWithPath: Self.folder).deletingLastPathComponent().path
        let pem = try RunSetup(
            path: shipped + "/pem/cityscapes_sem.cfg",
            overrides: ["MODEL.BACKBONE.NAME", "SwiftFormer", "MODEL.SWIFTFORMER.WIDTHS", "[64, 128, 320, 512]"],
            families: networkFamilies)
        #expect(try pem.configuration.network().summary.contains("SwiftFormer"))
        let stdc = try Self.setup("cityscapes_sem_xs", "MODEL.BACKBONE.NAME", "D2STDCnet")
        #expect(try stdc.configuration.network().summary.hasPrefix("STDC1 with Semantic FPN"))
    }
}
