import Families
import Profiling
import Recipes

/// A network with the targets it is held to.
struct BenchModel {
    let name: String
    let file: String
    var size = (height: 1024, width: 2048)
    let inferenceTarget: String
    let trainingTarget: String

    var inference: String { "inference \(size.height)×\(size.width), \(name)" }
    var training: String { "training step, batch 2 at 512×1024, \(name)" }

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
        name: "PEM-R50, 150 classes", file: "ade20k_sem.cfg", size: (512, 683), inferenceTarget: "≤ 1.2 T",
        trainingTarget: "")

    /// The rows of the table of the targets.
    static func targets(trains: Bool) -> [String] {
        (cityscapes + [ade20k]).map(\.inference) + (trains ? cityscapes.map(\.training) : [])
    }

    func network(configs: String) throws -> NetworkWork {
        let setup = try RunSetup(path: configs + "/" + file, overrides: [], families: networkFamilies)
        return try NetworkWork(setup.configuration)
    }
}
