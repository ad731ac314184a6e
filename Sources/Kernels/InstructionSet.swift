import CKernels
import Foundation

/// The instruction sets that kernels are compiled for; each has what those before it have.
package enum InstructionSet: Int32, CaseIterable, Sendable {
    case baseline, avx2, avx512

    /// The best that the processor and its system can run.
    package static var best: Self { Self(rawValue: pk_best_instruction_set()) ?? .baseline }

    /// The one whose kernels run: `PEM_KERNELS`, else the best.
    package static var chosen: Self { Self(rawValue: pk_instruction_set()) ?? .baseline }

    /// The one that `PEM_KERNELS` says, nil where it says nothing. Throws `KernelError` for what is none or cannot run.
    package static func wished(
        _ name: String? = ProcessInfo.processInfo.environment["PEM_KERNELS"], best: Self = best
    ) throws(KernelError) -> Self? {
        guard let name else { return nil }
        guard let wish = allCases.first(where: { "\($0)" == name }) else { throw .unknownInstructionSet(name) }
        guard wish.rawValue <= best.rawValue else { throw .unsupportedInstructionSet(wish, best: best) }
        return wish
    }

    /// OpenBLAS's kernel family for processors of this kind.
    package var openBLASFamily: String { openBLASFamilies[0] }

    /// The families that such a processor can run, where they differ in SGEMM: the one for its kind first.
    package var openBLASFamilies: [String] {
        switch self {
        case .baseline: ["Prescott"]
        case .avx2: ["Haswell", "Zen"]
        case .avx512: ["SkylakeX", "Haswell", "Zen"]
        }
    }

    /// What an OpenBLAS kernel family needs; nil where we don't know it.
    private static func needed(byOpenBLAS family: String) -> Self? {
        switch family.lowercased() {
        case "skylakex", "cooperlake", "sapphirerapids": .avx512
        case "haswell", "zen", "excavator": .avx2
        case "katmai", "coppermine", "northwood", "prescott", "banias", "atom", "core2", "penryn", "dunnington",
            "nehalem", "sandybridge", "athlon", "opteron", "opteron_sse3", "barcelona", "nano", "bobcat", "bulldozer",
            "piledriver", "steamroller":
            .baseline
        default: nil
        }
    }

    /// The kernel family that should take the place of the one that OpenBLAS chose on a processor that can run this;
    /// nil where it chose well.
    ///
    /// OpenBLAS goes by processor models: one that it does not know gets old kernels, and a hypervisor can hide what
    /// the model has. Among families of one kind, and for families newer than these lines, its choice stands.
    package func betterOpenBLASFamily(than family: String) -> String? {
        guard let needed = Self.needed(byOpenBLAS: family), needed != self else { return nil }
        return openBLASFamily
    }
}
