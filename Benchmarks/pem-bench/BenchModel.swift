import Profiling
import Recipes

/// A network with the targets it is held to.
struct BenchModel {
    let name: String
    let file: String
    let inferenceTarget: String
    let trainingTarget: String

    /// Targets: one image of 1024×2048; a training step of two images of 512×1024.
    static let cityscapes = [
        BenchModel(
            name: "PEM-STDC1", file: "cityscapes_sem_stdc1.cfg", inferenceTarget: "≤ 1.0 T",
            trainingTarget: "≤ 2.0 T, 2 GB"),
        BenchModel(
            name: "PEM-R50", file: "cityscapes_sem.cfg", inferenceTarget: "≤ 0.9 T",
            trainingTarget: "≤ 1.5 T, 3.5 GB"),
    ]
    /// Target: one image of 512×683.
    static let ade20k = BenchModel(
        name: "PEM-R50, 150 classes", file: "ade20k_sem.cfg", inferenceTarget: "≤ 1.2 T", trainingTarget: "")

    func network(configs: String) throws -> NetworkWork {
        try NetworkWork(try RunConfiguration.load(path: configs + "/" + file))
    }
}
