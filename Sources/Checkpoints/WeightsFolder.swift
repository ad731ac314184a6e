import Files
import Foundation

/// A folder that was named in the place of a file of weights.
enum WeightsFolder {
    private static let endings = [".safetensors", ".pth", ".pt", ".pkl", ".bin", ".tar"]

    /// The path itself where it is no folder. Of a training's output folder the last weights, of another folder its
    /// index of shards or its only file of weights. Throws `CheckpointError.unsupported` where that is not one.
    static func file(at path: String) throws(CheckpointError) -> String {
        guard FileSystem.isFolder(path) else { return path }
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
            .filter { !$0.hasPrefix(".") && !$0.hasPrefix("state_") }.sorted()
        let files = names.filter { endings.contains(where: $0.hasSuffix) }
        let choices = [
            files.filter { $0.hasPrefix("model_final.") }, Array(lastNumbered(files)),
            names.filter { $0.hasSuffix(".safetensors.index.json") }, files.filter { $0.hasSuffix(".safetensors") },
            files,
        ]
        let choice = choices.first { !$0.isEmpty } ?? []
        guard choice.count == 1 else {
            let listed = choice.prefix(10).joined(separator: ", ") + (choice.count > 10 ? ", ..." : "")
            throw .unsupported(
                path: path,
                problem: choice.isEmpty
                    ? "it is a folder without weights; name a file of weights"
                    : "it is a folder with several files of weights; name one of them: \(listed)")
        }
        return (path as NSString).appendingPathComponent(choice[0])
    }

    /// `model_<step>.…` of the last step.
    private static func lastNumbered(_ files: [String]) -> [String] {
        let numbered = files.compactMap { name in
            name.wholeMatch(of: /model_(\d+)\.\w+/).flatMap { Int($0.1) }.map { (step: $0, name: name) }
        }
        let last = numbered.map(\.step).max()
        return numbered.filter { $0.step == last }.map(\.name)
    }
}
