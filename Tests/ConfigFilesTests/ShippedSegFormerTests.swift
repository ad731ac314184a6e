import Backbones
import ConfigFiles
import Configurations
import Families
import Foundation
import Layers
import Optimizers
import Recipes
import Testing

/// The files of Configs/segformer.
@Suite struct ShippedSegFormerTests {
    private static let configs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Configs").path

    private func setup(_ name: String, _ overrides: [String] = []) throws -> RunSetup {
        try RunSetup(
            path: "\(Self.configs)/segformer/\(name).cfg", overrides: overrides, families: networkFamilies)
    }

    @Test(arguments: 0...5, ["ade20k", "cityscapes"]) func settings(size: Int, data: String) throws {
        let setup = try setup("\(data)_sem_b\(size)")
        let run = setup.configuration
        #expect(setup.warnings.isEmpty && run.keysWithoutEffect.isEmpty)
        #expect(run.outputDirectory == "output/segformer_\(data)_sem_b\(size)")
        #expect(run.model.weights == "mit_b\(size).pth")
        let isADE = data == "ade20k"
        #expect(try run.network().summary == "SegFormer-B\(size), \(isADE ? 150 : 19) classes")
        #expect(run.solver.maximumSteps == 160_000 && run.solver.imagesPerBatch == (isADE ? 16 : 8))
        #expect(run.test.inference.slide.isEnabled == !isADE)
    }

    /// lr = base · (1 − t / 160,000), times 1 − (1 − t / 1500)(1 − 1e-6) before step 1500.
    @Test func ratesAtSteps() throws {
        let schedule = try setup("ade20k_sem_b0").configuration.solver.optimizer.schedule
        for step in [0, 1, 749, 1499, 1500, 80_000, 159_999] {
            let warmup = step < 1500 ? 1 - (1 - Double(step) / 1500) * (1 - 1e-6) : 1
            let expected = (1 - Double(step) / 160_000) * warmup
            #expect(abs(schedule.multiplier(at: step) / expected - 1) < 1e-9, "step \(step)")
        }
    }

    /// `head`: ten times the rate, with decay; else `norm`: no decay.
    @Test func groups() throws {
        let run = try setup("ade20k_sem_b0").configuration
        let settings = run.solver.optimizer.settings
        for parameter in try run.network().network(seed: 1).store.trainable {
            let (rate, decay) = settings.values(for: parameter)
            let isHead = parameter.name.contains("head")
            #expect(abs(rate / (isHead ? 6e-4 : 6e-5) - 1) < 1e-12, "\(parameter.name)")
            #expect(decay == (isHead || !parameter.name.contains("norm") ? 0.01 : 0), "\(parameter.name)")
        }
    }

    @Test(arguments: [
        ["MODEL.MIT.NUM_HEADS", "[3, 2, 5, 8]"], ["MODEL.MIT.DEPTHS", "[2, 2, 2]"], ["MODEL.SEGFORMER.EMBED_DIM", "0"],
    ])
    func wrongSizes(overrides: [String]) throws {
        let error = #expect(throws: ConfigError.self) {
            try setup("ade20k_sem_b0", overrides).configuration.network()
        }
        #expect(error?.description.contains(overrides[0]) == true)
    }
}
