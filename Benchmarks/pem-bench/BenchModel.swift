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
    /// What it is held to, in words; nil: its inference is not measured.
    var inferenceTarget: String? = ""
    /// The same of training.
    var trainingTarget: String?

    var inference: String { "inference \(size.height)×\(size.width), \(name)" }
    var training: String { "training step, batch 2 at \(trainingSize.height)×\(trainingSize.width), \(name)" }

    /// One image of 1024×2048; a training step of two images of 512×1024. Other tables have these too.
    static let pem = [
        BenchModel(
            name: "PEM-STDC1", file: "cityscapes_sem_stdc1.cfg", inferenceTarget: "≤ 1.0 T",
            trainingTarget: "≤ 2.0 T, 2 GB"),
        BenchModel(
            name: "PEM-R50", file: "cityscapes_sem.cfg", inferenceTarget: "≤ 0.9 T", trainingTarget: "≤ 1.5 T, 3.5 GB"),
    ]

    private static let others = [
        BenchModel(
            name: "PEM-R50, 150 classes", file: "ade20k_sem.cfg", size: (512, 683), inferenceTarget: "≤ 1.2 T"),
        BenchModel(name: "Mask2Former-R50", file: "mask2former/cityscapes_sem_r50.cfg", trainingTarget: ""),
        BenchModel(name: "Mask2Former-Swin-T", file: "mask2former/cityscapes_sem_swin_tiny.cfg", trainingTarget: ""),
        BenchModel(name: "EMCA-Swin-T", file: "emca/cityscapes_sem_swin_tiny.cfg"),
        BenchModel(
            name: "Mask2Former-Swin-T, 150 classes", file: "mask2former/ade20k_sem_swin_tiny.cfg", size: (512, 683)),
        BenchModel(
            name: "MaskFormer-R50, 150 classes", file: "maskformer/ade20k_sem_r50.cfg", size: (512, 683),
            trainingSize: (512, 512), trainingTarget: "≤ 3 GB"),
    ]

    /// The rows of the table of the targets, in their order: all inference, then training where it is wanted.
    static func works(
        trains: Bool, configs: String
    ) -> [(name: String, target: String, model: BenchModel, isTraining: Bool)] {
        let models = (pem + others).filter { $0.isConfigured(configs) }
        let inference = models.compactMap { model in
            model.inferenceTarget.map { (model.inference, $0, model, false) }
        }
        let training = models.compactMap { model in model.trainingTarget.map { (model.training, $0, model, true) } }
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
