import Checkpoints
import Foundation
import TestSupport
import Testing

/// `PEM_KERNELS` and what is missing, at the start of a command.
@Suite(.serialized) struct KernelsTests {
    @Test(arguments: ["sse", "AVX2", ""]) func anUnknownValueIsRefused(value: String) throws {
        let result = try Command.run("pem-profile", ["--config", "x.cfg"], shell: "export PEM_KERNELS='\(value)'")
        #expect(result.status == 1)
        #expect(result.errors == "error: PEM_KERNELS: expected one of baseline, avx2, avx512, got '\(value)'\n")
    }

    @Test func aMissingLibraryIsNamed() throws {
        let folder = NSTemporaryDirectory() + "no-openblas-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["libopenblas.so.0", "libopenblas.so"] {
            try Data("not a library".utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
        }
        let result = try Command.run(
            "pem-profile", ["--config", "x.cfg"],
            shell: "export LD_LIBRARY_PATH='\(folder)':\"$LD_LIBRARY_PATH\"")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("error: OpenBLAS cannot be loaded ("), "\(result.errors)")
        #expect(result.errors.hasSuffix("on Debian the package libopenblas0\n"), "\(result.errors)")
    }

    /// A forced instruction set forces SGEMM too, and changes nothing but roundings.
    @Test func forcedKernelsPredictTheSame() throws {
        let project = try TinyProject()
        try #require(try project.train("run").status == 0)
        var logits: [String: [Float]] = [:]
        for (kernels, family) in [("baseline", "Prescott"), ("avx2", "Haswell"), ("avx512", "SkylakeX")] {
            let raw = project.file("\(kernels).safetensors")
            let arguments = [
                "--config", project.file("tiny.cfg"), "--weights", project.file("run/model_final.safetensors"),
                "--output", project.file(kernels), "--raw", raw, project.file("images/val/street0.png"),
            ]
            let result = try Command.run("pem-predict", arguments, shell: "export PEM_KERNELS=\(kernels)")
            if result.status == 1, result.errors.contains("this processor cannot run '\(kernels)'") { continue }
            try #require(result.status == 0, "\(result.errors)")
            logits[kernels] = try WeightArchive.open(path: raw).floats(named: "pred_masks")
            let profile = try Command.run(
                "pem-profile", ["--config", project.file("tiny.cfg"), "--size", "64x64", "--runs", "1"],
                shell: "export PEM_KERNELS=\(kernels)")
            #expect(profile.output.contains("instruction set: \(kernels)"))
            #expect(profile.output.contains("OpenBLAS kernels: \(family)"), "\(profile.output)")
        }
        let baseline = try #require(logits["baseline"])
        #expect(!baseline.isEmpty)
        for (kernels, values) in logits {
            let largest = baseline.reduce(0) { max($0, abs($1)) }
            let difference = zip(values, baseline).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(values.count == baseline.count && difference <= 1e-3 * largest, "\(kernels): \(difference)")
        }
        // Other instructions round differently: equal bits would show that nothing was forced.
        if let avx2 = logits["avx2"] { #expect(avx2 != baseline) }
    }
}
