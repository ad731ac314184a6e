import Foundation
import Kernels
import Profiling

/// What the ratio to T of a work is held to, which differs by the kind of processor: the parts that are not products
/// weigh more where products are faster.
package struct BenchGoal: Equatable, Sendable {
    private let amd, avx2, intel: Double
    /// What is not a ratio to T, in words.
    private let others: String

    /// At most so many T: on an AMD processor with AVX-512, with AVX2 kernels, and on an Intel one with AVX-512.
    package init(_ amd: Double, avx2: Double, intel: Double, _ others: String = "") {
        (self.amd, self.avx2, self.intel, self.others) = (amd, avx2, intel, others)
    }

    /// The goal with kernels of this set on a processor of this name; empty where there is none.
    package func text(_ set: InstructionSet, cpu: String) -> String {
        let ratio: Double? =
            switch set {
            case .baseline: nil
            case .avx2: avx2
            case .avx512: cpu.contains("Intel") ? intel : amd
            }
        let texts = [ratio.map { String(format: "≤ %.2f T", $0) }, others].compactMap(\.self)
        return texts.filter { !$0.isEmpty }.joined(separator: ", ")
    }
}
