import Checkpoints
import Configurations
import Engine
import Families
import Foundation
import TestSupport
import Testing

/// Weights under the names of the official models, as the goldens list them, go in and out without a change.
@Suite(.serialized, GoldenFolder.haveFiles) struct OfficialNamesTests {
    @Test(arguments: GoldenFolder.paths) func everyNameLoadsAndSaves(path: String) throws {
        guard let golden = try GoldenFolder.built(path) else { return }
        // Those with a gradient or batch statistics: all but the four buffers of frozen norms, and what no layer sees.
        let unread = golden.file.metadata["family"] == nil ? [] : try golden.names("train.no_grad_names")
        let official = try Set(golden.names("train.grad_names") + golden.names("train_bn.names") + unread)
        let filled = golden.family.network(seed: 3).store
        var random = SplitMix(state: 3)
        for parameter in filled.parameters {
            let count = parameter.officialShape.reduce(1, *)
            parameter.load(officialValues: (0..<count).map { _ in Float(Int32(truncatingIfNeeded: random.next())) })
        }
        let names = Set(filled.parameters.map(\.name))
        let frozen = filled.parameters.filter { !$0.isTrainable && $0.name.hasSuffix(".weight") }.flatMap { weight in
            ["weight", "bias", "running_mean", "running_var"].map { String(weight.name.dropLast("weight".count)) + $0 }
        }
        #expect(official.subtracting(names).sorted() == [])
        let unseen = golden.projectionsOfUnseenLevels
        #expect(names.subtracting(official).sorted() == (frozen + unseen).sorted())

        let folder = NSTemporaryDirectory() + "official-names-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try SafetensorsFile.write(filled.savedTensors, to: folder + "/a.safetensors")
        try TorchFile.writeOfficial(filled.savedTensors, to: folder + "/a.pth")
        for file in ["/a.safetensors", "/a.pth"] {
            let archive = try WeightArchive.open(path: folder + file)
            // Beside the parameters, a PyTorch file has the criterion's constant and STDC's second names.
            #expect(names.subtracting(archive.names).sorted() == [], "\(file)")
            for parameter in filled.parameters {
                #expect(archive.entry(named: parameter.name)?.shape == parameter.officialShape, "\(parameter.name)")
            }
            let loaded = golden.family.network(seed: 9).store
            #expect(try WeightsFile(path: folder + file, maps: networkFamilies.nameMaps).load(into: loaded).isEmpty)
            for (one, other) in zip(loaded.parameters, filled.parameters) {
                #expect(one.officialValues == other.officialValues, "\(file) \(one.name)")
            }
        }
    }
}
