import Foundation
import Kernels
import Testing

/// Which kernels run on which processor.
@Suite struct KernelChoiceTests {
    /// What the processor and its system can run, what OpenBLAS chose there, and what takes its place.
    @Test(arguments: [
        // Debian's OpenBLAS 0.3.21 on an Emerald Rapids CPU, which it does not know.
        (InstructionSet.avx512, "Prescott", "SkylakeX" as String?),
        // Unknown newer processors of AMD.
        (.avx512, "Zen", "SkylakeX"), (.avx512, "Barcelona", "SkylakeX"), (.avx2, "Bobcat", "Haswell"),
        (.avx2, "Sandybridge", "Haswell"),
        // A hypervisor that hides AVX-512, or AVX2 too, from a choice by model.
        (.avx2, "SkylakeX", "Haswell"), (.avx2, "Cooperlake", "Haswell"), (.baseline, "Haswell", "Prescott"),
        // Chosen well.
        (.avx512, "SkylakeX", nil), (.avx512, "Cooperlake", nil), (.avx512, "SapphireRapids", nil),
        (.avx2, "Haswell", nil), (.avx2, "Zen", nil), (.baseline, "Nehalem", nil), (.baseline, "Sandybridge", nil),
        // Newer than this program, and other processors.
        (.avx512, "DiamondRapids", nil), (.baseline, "neoversen1", nil),
    ])
    func familyOfOpenBLAS(best: InstructionSet, chosen: String, better: String?) {
        #expect(best.betterOpenBLASFamily(than: chosen) == better)
    }

    @Test func aWishIsRead() throws {
        for best in InstructionSet.allCases {
            #expect(try InstructionSet.wished(nil, best: best) == nil)
            for wish in InstructionSet.allCases where wish.rawValue <= best.rawValue {
                #expect(try InstructionSet.wished("\(wish)", best: best) == wish)
            }
        }
        for name in ["", "AVX2", "sse", "avx512 "] {
            #expect(throws: KernelError.unknownInstructionSet(name)) {
                _ = try InstructionSet.wished(name, best: .avx512)
            }
        }
        #expect(throws: KernelError.unsupportedInstructionSet(.avx512, best: .avx2)) {
            _ = try InstructionSet.wished("avx512", best: .avx2)
        }
    }

    @Test func theLoadedLibraryMultipliesRightly() throws {
        let shared = try OpenBLAS.shared.get()
        #expect(OpenBLAS.isRight(shared.library.product))
        #expect(shared.notes.isEmpty)
    }

    /// Blocks of b and copies of a end within these shapes; a product of nothing is nothing.
    @Test func ourOwnKernelsMultiplyRightly() {
        #expect(OpenBLAS.isRight(ownProduct, OpenBLAS.oddShapes + [(197, 259, 517), (12, 256, 256), (5, 4, 0)]))
    }

    /// Not the family that the library chose, where that is a wrong one: it was loaded again.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] == nil))
    func theFamilyInUseFitsTheProcessor() throws {
        let family = try OpenBLAS.shared.get().library.family
        #expect(InstructionSet.chosen.betterOpenBLASFamily(than: family) == nil, "\(family)")
    }

    /// Products with one fault each.
    @Test(arguments: Fault.allCases) func aWrongProductIsFound(fault: Fault) {
        #expect(OpenBLAS.isRight(Fault.right))
        #expect(!OpenBLAS.isRight(fault.product))
    }

    /// Ways to multiply wrongly.
    enum Fault: CaseIterable {
        case dropsLastTerm, dropsLastColumn, ignoresTranspose, ignoresBeta, readsUnsetC, writesBeyondRow

        static let right: OpenBLAS.Product = { multiplyNaively($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) }

        var product: OpenBLAS.Product {
            switch self {
            case .dropsLastTerm:
                return { multiplyNaively($1, $2, $3, $4, $5 > 16 ? $5 - 1 : $5, $6, $7, $8, $9, $10, $11, $12, $13) }
            case .dropsLastColumn:
                return { multiplyNaively($1, $2, $3, $4 - $4 % 2, $5, $6, $7, $8, $9, $10, $11, $12, $13) }
            case .ignoresTranspose:
                return { multiplyNaively($1, 111, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) }
            case .ignoresBeta: return { multiplyNaively($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $12, $13) }
            case .readsUnsetC:
                return { _, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc in
                    let unset = c[0] * beta
                    multiplyNaively(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
                    c[0] += unset - unset
                }
            case .writesBeyondRow:
                return { _, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc in
                    multiplyNaively(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
                    c[Int(n)] = 0
                }
            }
        }
    }
}

private func multiplyNaively(
    _ transposeA: Int32, _ transposeB: Int32, _ m: Int32, _ n: Int32, _ k: Int32, _ alpha: Float,
    _ a: UnsafePointer<Float>, _ lda: Int32, _ b: UnsafePointer<Float>, _ ldb: Int32, _ beta: Float,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int32
) {
    for i in 0..<Int(m) {
        for j in 0..<Int(n) {
            var sum: Float = 0
            for l in 0..<Int(k) {
                let x = transposeA == 112 ? a[l * Int(lda) + i] : a[i * Int(lda) + l]
                sum += x * (transposeB == 112 ? b[j * Int(ldb) + l] : b[l * Int(ldb) + j])
            }
            let place = i * Int(ldc) + j
            c[place] = alpha * sum + (beta == 0 ? 0 : beta * c[place])
        }
    }
}
