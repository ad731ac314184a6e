import ConfigFiles
import Configurations
import Criteria
import Families
import Foundation
import Testing

@Suite struct PIDNetConfigurationTests {
    private static let configs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Configs/pidnet").path

    private func run(_ name: String, _ overrides: String...) throws -> RunConfiguration {
        let file = try ConfigDocument.read(path: "\(Self.configs)/\(name).cfg")
        return try RunConfiguration(file.overlaid(by: .overrides(overrides)), families: networkFamilies)
    }

    private func family(_ name: String, _ overrides: String...) throws -> PIDNetFamily {
        let file = try ConfigDocument.read(path: "\(Self.configs)/\(name).cfg")
        let run = try RunConfiguration(file.overlaid(by: .overrides(overrides)), families: networkFamilies)
        return try #require(try run.network() as? PIDNetFamily)
    }

    @Test(arguments: ["cityscapes", "ade20k"], [("s", "PIDNet-S"), ("m", "PIDNet-M"), ("l", "PIDNet-L")])
    func shippedFiles(data: String, variant: (String, String)) throws {
        let family = try family("\(data)_sem_\(variant.0)")
        let (isLarge, planes) = (variant.0 == "l", variant.0 == "s" ? 32 : 64)
        #expect(family.summary == "\(variant.1), \(data == "cityscapes" ? 19 : 150) classes")
        let sizes = family.configuration
        #expect(sizes.stemBlocks == (isLarge ? 3 : 2) && sizes.branchBlocks == (isLarge ? 4 : 3))
        #expect(sizes.planes == planes && sizes.poolingPlanes == (isLarge ? 112 : 96))
        #expect(sizes.headPlanes == (isLarge ? 256 : 128) && sizes.isLight == !isLarge)
        #expect(sizes.input.divisibility == 8 && !sizes.input.reversesChannels)
        var criterion = PIDNetCriterion.Configuration()
        criterion.classWeights = family.criterionConfiguration.classWeights
        #expect(family.criterionConfiguration == criterion)
        #expect(criterion.classWeights.count == (data == "cityscapes" ? 19 : 0))
        let run = try run("\(data)_sem_\(variant.0)")
        #expect(run.keysWithoutEffect.isEmpty)
        #expect(run.model.weights == "PIDNet_\(variant.0.uppercased())_ImageNet.pth.tar")
    }

    @Test func officialOptimiser() throws {
        let solver = try run("cityscapes_sem_s").solver
        #expect(solver.optimizer.rule == .sgd(momentum: 0.9, nesterov: false) && solver.imagesPerBatch == 12)
        #expect(solver.optimizer.settings.weightDecay == 0.0005 && solver.optimizer.settings.normWeightDecay == 0.0005)
        #expect(solver.optimizer.clipping == .none)
        // The golden's rates, set after the step: step k runs with that of k − 1.
        for (step, rate) in [
            (0, 0.01), (1, 0.01), (2, 0.009999924716400406), (1001, 0.009924684848140382),
            (60001, 0.005340628614319031),
        ] {
            let found = solver.optimizer.settings.learningRate * solver.optimizer.schedule.multiplier(at: step)
            #expect(abs(found - rate) < 1e-12, "step \(step): \(found)")
        }
    }

    @Test(arguments: [("SEMANTIC_ON", "False"), ("PANOPTIC_ON", "True"), ("INSTANCE_ON", "True")])
    func otherTasksAreRefused(task: String, value: String) throws {
        for file in ["cityscapes_sem_s", "../segformer/ade20k_sem_b0", "../per_pixel/ade20k_sem_r50"] {
            let error = #expect(throws: ConfigError.self) { try run(file, "MODEL.MASK_FORMER.TEST." + task, value) }
            #expect(error?.key == "MODEL.MASK_FORMER.TEST." + task)
        }
    }

    @Test func weightsOfOtherClassesAreRefused() throws {
        let error = #expect(throws: ConfigError.self) {
            try family("cityscapes_sem_s", "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "11")
        }
        #expect(error?.key == "MODEL.PIDNET.CLASS_WEIGHTS")
        let own = try family(
            "cityscapes_sem_s", "MODEL.SEM_SEG_HEAD.NUM_CLASSES", "1", "MODEL.PIDNET.CLASS_WEIGHTS", "[2.5]",
            "MODEL.PIDNET.OHEM_THRESHOLD", "0.7", "MODEL.PIDNET.OHEM_KEEP", "1000")
        #expect(own.criterionConfiguration.classWeights == [2.5])
        #expect(own.criterionConfiguration.hardPixels.threshold == 0.7)
        #expect(own.criterionConfiguration.hardPixels.kept == 1000)
        #expect(
            try family("cityscapes_sem_s", "MODEL.PIDNET.CLASS_WEIGHTS", "[]").criterionConfiguration.classWeights == []
        )
    }
}
