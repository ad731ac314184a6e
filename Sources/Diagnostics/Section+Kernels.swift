import Foundation
import Kernels

extension Diagnosis.Section {
    /// Which kernels compute, ours and OpenBLAS's. Throws `KernelError`.
    static func kernels() throws -> Self {
        let (chosen, best) = (InstructionSet.chosen, InstructionSet.best)
        let (library, own, notes) = try OpenBLAS.shared.get()
        var advice = notes
        if chosen != best {
            advice.append("PEM_KERNELS forces \(chosen) kernels; the processor has \(best). Unset it for speed.")
        }
        var choice = "not asked: \(OpenBLAS.familyVariable) or PEM_KERNELS says which"
        if let own {
            choice = own
            if best.betterOpenBLASFamily(than: own) != nil {
                choice += ": it does not know this processor; PEM tells it"
            }
        }
        return Self(
            title: "Kernels",
            facts: [
                Fact("instruction set", .text("\(chosen)")), Fact("best here", .text("\(best)")),
                Fact("OpenBLAS", .text(library.build)), Fact("OpenBLAS kernels", .text(library.family)),
                Fact("OpenBLAS chose", .text(choice)),
            ], advice: advice)
    }
}
