import Checkpoints
import Engine
import Foundation
import MaskClassifiers
import Networks
import TestSupport
import Testing

/// Weights under the names of the official models, as the goldens list them, go in and out without a change.
@Suite(.serialized) struct OfficialNamesTests {
    @Test(arguments: GoldenTests.paths) func everyNameLoadsAndSaves(path: String) throws {
        guard let golden = try GoldenTests.built(path) else { return }
        let official = try Set(golden.names("train.grad_names") + golden.names("train_bn.names"))
        let filled = MaskClassifier(try MaskClassifier.Configuration(golden.configuration), seed: 3).store
        var random = SplitMix(state: 3)
        for parameter in filled.parameters {
            let count = parameter.officialShape.reduce(1, *)
            parameter.load(officialValues: (0..<count).map { _ in Float(Int32(truncatingIfNeeded: random.next())) })
        }
        #expect(Set(filled.parameters.map(\.name)) == official)

        let folder = NSTemporaryDirectory() + "official-names-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try SafetensorsFile.write(filled.savedTensors, to: folder + "/a.safetensors")
        try TorchFile.writeOfficial(filled.savedTensors, to: folder + "/a.pth")
        for file in ["/a.safetensors", "/a.pth"] {
            let archive = try WeightArchive.open(path: folder + file)
            // Beside the parameters, a PyTorch file has the criterion's constant and STDC's second names.
            #expect(archive.names.filter { official.contains($0) }.count == official.count, "\(file)")
            for parameter in filled.parameters {
                #expect(archive.entry(named: parameter.name)?.shape == parameter.officialShape, "\(parameter.name)")
            }
            let loaded = MaskClassifier(try MaskClassifier.Configuration(golden.configuration), seed: 9).store
            #expect(try WeightsFile(path: folder + file).load(into: loaded).isEmpty)
            for (one, other) in zip(loaded.parameters, filled.parameters) {
                #expect(one.officialValues == other.officialValues, "\(file) \(one.name)")
            }
        }
    }
}
