import Families
import Foundation
import Profiling
import Recipes

/// A network whose inference or training is measured. One more is one more entry of a list.
struct BenchModel {
    let name: String
    /// Its configuration, below the folder of configurations.
    let file: String
    /// Of the image in inference.
    var size = (height: 1024, width: 2048)
    /// Of the two images of a training step.
    var trainingSize = (height: 512, width: 1024)
    /// Whether its training is measured, too.
    var trains = false
    /// What its inference is held to.
    var inferenceGoal: BenchGoal?
    /// The same of training.
    var trainingGoal: BenchGoal?

    var inference: String { "inference \(size.height)×\(size.width), \(name)" }
    var training: String { "training step, batch 2 at \(trainingSize.height)×\(trainingSize.width), \(name)" }

    /// One image of 1024×2048; a training step of two images of 512×1024. Other tables have these too.
    static let pem = [
        BenchModel(
            name: "PEM-STDC1", file: "cityscapes_sem_stdc1.cfg", trains: true,
            inferenceGoal: BenchGoal(0.80, avx2: 0.88, intel: 0.85),
            trainingGoal: BenchGoal(1.10, avx2: 1.20, intel: 1.20, gigabytes: 2)),
        BenchModel(
            name: "PEM-R50", file: "cityscapes_sem.cfg", trains: true,
            inferenceGoal: BenchGoal(0.80, avx2: 0.88, intel: 0.82),
            trainingGoal: BenchGoal(1.10, avx2: 1.20, intel: 1.20, gigabytes: 3.5)),
    ]

    private static let others = [
        BenchModel(
            name: "PEM-R50, 150 classes", file: "ade20k_sem.cfg", size: (512, 683),
            inferenceGoal: BenchGoal(0.85, avx2: 0.95, intel: 0.88)),
        BenchModel(
            name: "Mask2Former-R50", file: "mask2former/cityscapes_sem_r50.cfg", trains: true,
            inferenceGoal: BenchGoal(gigabytes: 1.6), trainingGoal: BenchGoal(gigabytes: 5)),
        BenchModel(
            name: "Mask2Former-Swin-T", file: "mask2former/cityscapes_sem_swin_tiny.cfg", trains: true,
            inferenceGoal: BenchGoal(gigabytes: 1.6), trainingGoal: BenchGoal(gigabytes: 5)),
        BenchModel(name: "EMCA-Swin-T", file: "emca/cityscapes_sem_swin_tiny.cfg"),
        BenchModel(
            name: "Mask2Former-Swin-T, 150 classes", file: "mask2former/ade20k_sem_swin_tiny.cfg", size: (512, 683)),
        BenchModel(
            name: "MaskFormer-R50, 150 classes", file: "maskformer/ade20k_sem_r50.cfg", size: (512, 683),
            trainingSize: (512, 512), trains: true, trainingGoal: BenchGoal(gigabytes: 3)),
        BenchModel(
            name: "SegFormer-B0, 150 classes", file: "segformer/ade20k_sem_b0.cfg", size: (512, 512),
            trainingSize: (512, 512), trains: true),
        BenchModel(
            name: "PIDNet-S", file: "pidnet/cityscapes_sem_s.cfg", trainingSize: (512, 512), trains: true),
        BenchModel(
            name: "SwiftFormer-L1, 150 classes", file: "swiftformer/ade20k_sem_l1.cfg", size: (512, 512),
            trainingSize: (512, 512), trains: true),
    ]

    /// PEM on smaller images; of 256×512 its ratio may be 1.25 times that of 1024×2048.
    private static let small = [(512, 512), (256, 512)].flatMap { size in
        pem.map { model in
            BenchModel(
                name: model.name, file: model.file, size: size,
                inferenceGoal: size == (256, 512) ? model.inferenceGoal?.times(1.25) : nil)
        }
    }

    /// The rows of the table of the targets, in their order: all inference, then training where it is wanted.
    static func works(
        trains: Bool, configs: String
    ) -> [(name: String, goal: BenchGoal?, model: BenchModel, isTraining: Bool)] {
        let models = (pem + small + others).filter { $0.isConfigured(configs) }
        let inference = models.map { ($0.inference, $0.inferenceGoal, $0, false) }
        let training = models.filter(\.trains).map { ($0.training, $0.trainingGoal, $0, true) }
        return inference + (trains ? training : [])
    }

    /// Whether its configuration is there; those without a folder come with the program.
    private func isConfigured(_ configs: String) -> Bool {
        !file.contains("/") || FileManager.default.fileExists(atPath: configs + "/" + file)
    }

    func network(configs: String) throws -> NetworkWork {
        let setup = try RunSetup(path: configs + "/" + file, overrides: [], families: networkFamilies)
        return try NetworkWork(setup.configuration)
    }
}
