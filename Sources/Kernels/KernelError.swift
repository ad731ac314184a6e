/// Why no kernels can run.
package enum KernelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `PEM_KERNELS` is none of ours.
    case unknownInstructionSet(String)
    /// `PEM_KERNELS` is more than the processor can run.
    case unsupportedInstructionSet(InstructionSet, best: InstructionSet)
    /// OpenBLAS cannot be loaded.
    case missingOpenBLAS(reason: String)
    /// No kernel family of OpenBLAS passes the check.
    case wrongProducts(family: String)

    package var description: String {
        switch self {
        case .unknownInstructionSet(let name):
            let names = InstructionSet.allCases.map { "\($0)" }.joined(separator: ", ")
            return "PEM_KERNELS: expected one of \(names), got '\(name)'"
        case .unsupportedInstructionSet(let wish, let best):
            return "PEM_KERNELS: this processor cannot run '\(wish)' (or its system hides it); the best is '\(best)'"
        case .missingOpenBLAS(let reason):
            return "OpenBLAS cannot be loaded (\(reason)): install it, on Debian the package libopenblas0"
        case .wrongProducts(let family):
            return "OpenBLAS multiplies matrices wrongly on this processor, with its \(family) kernels too: "
                + "install another version"
        }
    }
}
