import Foundation
import Kernels
import Profiling

extension Diagnosis.Section {
    /// The rate of matrix products beside what the processor's registers reach, on all threads. Throws `KernelError`.
    static func speed() throws -> Self {
        let machine = try MatrixProduct().machine
        let rates = machine.families.sorted { $0.value > $1.value }
        let (best, inUse) = (rates[0].value, machine.families[machine.kernels] ?? 0)
        func share(_ rate: Double) -> String { String(format: "%.0f %% of the peak", 100 * rate / machine.peakGflops) }
        var advice: [String] = []
        if best < 0.5 * machine.peakGflops {
            advice.append("SGEMM is at \(share(best)): other programs run, or OpenBLAS's kernels do not fit.")
        }
        if inUse < 0.8 * best {
            advice.append(
                "OpenBLAS's \(rates[0].key) kernels are faster here than the \(machine.kernels) in use: "
                    + "\(OpenBLAS.familyVariable)=\(rates[0].key) chooses them.")
        }
        return Self(
            title: "Speed",
            facts: [Fact("peak", .rate(machine.peakGflops), note: "multiply-adds of registers alone")]
                + rates.map { Fact("SGEMM \($0.key)", .rate($0.value), note: share($0.value)) }
                + [Fact("own kernels", .rate(machine.ownGflops), note: share(machine.ownGflops))], advice: advice)
    }
}
