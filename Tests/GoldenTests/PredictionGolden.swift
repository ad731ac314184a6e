import Annotations
import Checkpoints
import Engine
import Foundation
import Images
import TestSupport

extension GoldenReport {
    /// `pem-predict --raw` on the first image: `eval.pred_logits` and `eval.pred_masks`, or `eval.logits`, of that
    /// image.
    mutating func comparePrediction(_ golden: GoldenFile) throws {
        let folder = NSTemporaryDirectory() + "golden-prediction-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let image = golden.images[0]
        try ImageFile.writePNG(image, to: folder + "/image.png")
        try SafetensorsFile.write(golden.network().store.savedTensors, to: folder + "/weights.safetensors")
        let isShipped = golden.file.metadata["family"] != nil
        try (isShipped ? golden.configuration.resolvedText : golden.file.metadata["cfg"] ?? "").write(
            toFile: folder + "/run.cfg", atomically: true, encoding: .utf8)
        let result = try Command.run(
            "pem-predict",
            [
                "--config", folder + "/run.cfg", "--weights", folder + "/weights.safetensors", "--output", folder,
                "--raw", folder + "/raw.safetensors", folder + "/image.png",
            ])
        note("exit status (\(result.errors))", error: Double(result.status), allowed: 0.5)
        guard result.status == 0 else { return }
        let raw = try SafetensorsFile(path: folder + "/raw.safetensors")
        for name in ["pred_logits", "pred_masks", "logits"] where golden.file.entries["eval." + name] != nil {
            try compareValues(golden, "eval." + name, try raw.floats(named: name))
            let first = golden.file.shape(named: "eval." + name).map { [1] + $0.dropFirst() }
            note(name + " (shape)", error: raw.shape(named: name) == first ? 0 : .infinity, allowed: 0)
        }
    }
}
