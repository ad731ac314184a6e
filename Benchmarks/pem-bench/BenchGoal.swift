import Foundation
import Kernels
import Profiling

/// What a work is held to: a ratio to T, which differs by the kind of processor (what is no product weighs more where
/// products are faster), and a peak of memory.
package struct BenchGoal: Sendable {
    private let ratios: (amd: Double, avx2: Double, intel: Double)?
    private let gigabytes: Double?

    /// At most so many T: on an AMD processor with AVX-512, with AVX2 kernels, and on an Intel one with AVX-512.
    package init(_ amd: Double, avx2: Double, intel: Double, gigabytes: Double? = nil) {
        (ratios, self.gigabytes) = ((amd, avx2, intel), gigabytes)
    }

    /// Memory alone.
    package init(gigabytes: Double) { (ratios, self.gigabytes) = (nil, gigabytes) }

    /// So many times the ratios; no memory.
    package func times(_ factor: Double) -> BenchGoal? {
        ratios.map { BenchGoal(factor * $0.amd, avx2: factor * $0.avx2, intel: factor * $0.intel) }
    }

    /// The goal with kernels of this set on a processor of this name; empty where there is none.
    package func text(_ set: InstructionSet, cpu: String) -> String {
        let ratio: Double? =
            switch set {
            case .baseline: nil
            case .avx2: ratios?.avx2
            case .avx512: cpu.contains("Intel") ? ratios?.intel : ratios?.amd
            }
        let texts = [ratio.map { String(format: "≤ %.2f T", $0) }, gigabytes.map { String(format: "%g GB", $0) }]
        return texts.compactMap(\.self).joined(separator: ", ")
    }
}
