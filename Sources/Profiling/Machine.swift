import Engine
import Foundation
import Kernels

/// What the figures of a run depend on, in GFLOP/s on all threads where it is a rate; as JSON in snake case.
package struct Machine: Codable, Sendable {
    /// The processor's name.
    package let cpu: String
    /// The instruction set of our kernels.
    package let instructionSet: String
    /// The best instruction set that the processor can run.
    package let bestInstructionSet: String
    /// OpenBLAS's kernel family that the program computes by.
    package let kernels: String
    /// The family whose SGEMM is T.
    package let reference: String
    /// SGEMM's rate by families that the instruction set can run.
    package let families: [String: Double]
    /// Our own kernel's rate for SGEMM's product.
    package let ownGflops: Double
    /// The rate of multiply-adds of registers alone.
    package let peakGflops: Double

    init(kernels: String, reference: String, families: [(String, Double)], ownGflops: Double, peakGflops: Double) {
        (self.kernels, self.reference, self.ownGflops, self.peakGflops) = (kernels, reference, ownGflops, peakGflops)
        self.families = Dictionary(families) { first, _ in first }
        cpu = Self.processor
        instructionSet = "\(InstructionSet.chosen)"
        bestInstructionSet = "\(InstructionSet.best)"
    }

    /// The figures for a person.
    package var lines: [String] {
        let rates = families.sorted { $0.value > $1.value }.map { "\($0.key) \(Self.rate($0.value))" }
        let forced = instructionSet == bestInstructionSet ? "" : " (PEM_KERNELS; the CPU has \(bestInstructionSet))"
        return [
            "CPU: \(cpu), \(ProcessInfo.processInfo.activeProcessorCount) cores",
            "instruction set: \(instructionSet)" + forced,
            "OpenBLAS kernels: \(kernels); T is by \(reference), the best of \(rates.joined(separator: ", ")) GFLOP/s",
            "the same product by our own kernel: \(Self.rate(ownGflops)) GFLOP/s; multiply-adds of registers alone: "
                + "\(Self.rate(peakGflops)) GFLOP/s",
        ]
    }

    private static func rate(_ gigaflops: Double) -> String { String(format: "%.0f", gigaflops) }

    /// The processor's name.
    package static var processor: String { LinuxFile.value("model name", of: "/proc/cpuinfo") ?? "unknown" }
}
