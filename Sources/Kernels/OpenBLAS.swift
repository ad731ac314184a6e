import Foundation
import Tensors

/// A loaded OpenBLAS, computing by one of its kernel families on the calling thread.
///
/// It is loaded while the program runs, since it reads its settings only then: the program can choose the family.
package struct OpenBLAS: @unchecked Sendable {
    /// `cblas_sgemm`.
    package typealias Product =
        @convention(c) (
            _ order: Int32, _ transposeA: Int32, _ transposeB: Int32, _ m: Int32, _ n: Int32, _ k: Int32,
            _ alpha: Float,
            _ a: UnsafePointer<Float>, _ lda: Int32, _ b: UnsafePointer<Float>, _ ldb: Int32, _ beta: Float,
            _ c: UnsafeMutablePointer<Float>, _ ldc: Int32
        ) -> Void

    private let handle: UnsafeMutableRawPointer
    /// The library's own.
    package let product: Product
    /// The kernel family that it computes by, such as `SkylakeX`.
    package let family: String
    /// Its version and options, as it states them.
    package let build: String

    /// The variable of the environment by which a user chooses the family.
    package static let familyVariable = "OPENBLAS_CORETYPE"

    /// The library that `gemm` calls, the family that it chose by itself (nil where it was told), and notes for the
    /// user on what is not as it should be; it is loaded once.
    package static let shared = Result { () throws(KernelError) in try load() }

    /// Loads it under a family, nil: the one that it chooses or the user has set. Throws `KernelError`.
    private init(paths: [String], family: String?) throws(KernelError) {
        let settings = [Self.familyVariable: family, "OPENBLAS_NUM_THREADS": "1"].compactMapValues { $0 }
        let old = settings.map { ($0.key, ProcessInfo.processInfo.environment[$0.key]) }
        for (name, value) in settings { setenv(name, value, 1) }
        // Not for the processes that this one starts.
        defer {
            for (name, value) in old {
                if let value { setenv(name, value, 1) } else { unsetenv(name) }
            }
        }
        guard let handle = Self.open(paths),
            let product = dlsym(handle, "cblas_sgemm"), let coreName = dlsym(handle, "openblas_get_corename"),
            let setThreads = dlsym(handle, "openblas_set_num_threads"),
            let config = dlsym(handle, "openblas_get_config")
        else {
            let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
            // The loader's reason where memory is short would send the user to install what is there.
            MemoryShortage.require(bytes: Self.bufferSize, for: "OpenBLAS")
            throw .missingOpenBLAS(reason: reason)
        }
        // Workers of its own spin after a call and starve ours.
        unsafeBitCast(setThreads, to: (@convention(c) (Int32) -> Void).self)(1)
        func text(_ function: UnsafeMutableRawPointer) -> String {
            let text = unsafeBitCast(function, to: (@convention(c) () -> UnsafePointer<CChar>?).self)()
            return text.map { String(cString: $0) } ?? "unknown"
        }
        self.handle = handle
        Self.takeBuffers(of: handle, threads: 1)
        self.product = unsafeBitCast(product, to: Product.self)
        self.family = text(coreName)
        self.build = text(config)
    }

    /// Loads the first of the paths that can be, once: a second handle would keep the library from being unloaded.
    private static func open(_ paths: [String]) -> UnsafeMutableRawPointer? {
        for path in paths {
            if let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) { return handle }
        }
        return nil
    }

    /// A copy of the library in use under another family, beside it; nil where it lacks the family or multiplies
    /// wrongly by it.
    package func copy(family: String) -> OpenBLAS? {
        // `String(contentsOfFile:)` stops after the first read, of 4 KB at most here.
        let bytes = (try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd()) ?? nil
        let maps = String(decoding: bytes ?? Data(), as: UTF8.self)
        guard let line = maps.split(separator: "\n").first(where: { $0.contains("/libopenblas") }),
            let source = line.firstIndex(of: "/").map({ String(line[$0...]) })
        else { return nil }
        // The loader would give the same library again for the same file.
        let path = NSTemporaryDirectory() + "openblas-\(UUID().uuidString).so"
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard (try? FileManager.default.copyItem(atPath: source, toPath: path)) != nil,
            let copy = try? OpenBLAS(paths: [path], family: family)
        else { return nil }
        if copy.family.lowercased() == family.lowercased(), Self.isRight(copy.product) { return copy }
        copy.close()
        return nil
    }

    /// Takes the work space of products on so many threads at once, which OpenBLAS keeps from then on: where memory is
    /// short it would ask for it again and again for ever. Ends the process where it cannot be had.
    package func takeBuffers(threads: Int) { Self.takeBuffers(of: handle, threads: threads) }

    private static func takeBuffers(of handle: UnsafeMutableRawPointer, threads: Int) {
        // Not declared in a header, but every build of the library has them.
        guard let take = dlsym(handle, "blas_memory_alloc"), let give = dlsym(handle, "blas_memory_free") else {
            return
        }
        typealias Take = @convention(c) (_ kind: Int32) -> UnsafeMutableRawPointer?
        typealias Give = @convention(c) (UnsafeMutableRawPointer?) -> Void
        let buffers = (0..<threads).map { _ in
            MemoryShortage.require(
                bytes: bufferSize, for: "the work space of OpenBLAS")
            return unsafeBitCast(take, to: Take.self)(0)
        }
        for buffer in buffers { unsafeBitCast(give, to: Give.self)(buffer) }
    }

    /// BUFFER_SIZE of its builds for x86-64, the largest of all.
    private static let bufferSize = 32 << 22

    /// Unloads it; nothing may call it afterwards.
    package func close() { dlclose(handle) }

    private static func load() throws(KernelError) -> (library: OpenBLAS, own: String?, notes: [String]) {
        let paths = ["libopenblas.so.0", "libopenblas.so"]
        let wish = try InstructionSet.wished()
        let best = InstructionSet.chosen
        let isUsers = ProcessInfo.processInfo.environment[familyVariable] != nil
        var library = try OpenBLAS(paths: paths, family: isUsers ? nil : wish?.openBLASFamily)
        let own = isUsers || wish != nil ? nil : library.family
        if let own, let better = best.betterOpenBLASFamily(than: own) {
            library.close()
            library = try OpenBLAS(paths: paths, family: better)
        }
        var notes: [String] = []
        var safer = InstructionSet.allCases.filter { $0.rawValue <= best.rawValue }.map(\.openBLASFamily)
        while !isRight(library.product) {
            guard let next = safer.popLast() else { throw .wrongProducts(family: library.family) }
            if next == library.family { continue }
            notes.append("OpenBLAS's \(library.family) kernels multiply wrongly on this processor; trying \(next)")
            library.close()
            library = try OpenBLAS(paths: paths, family: next)
        }
        return (library, own, notes)
    }

    /// Shapes (m, n, k) that kernels cut in pieces of several sizes.
    package static let oddShapes = [
        (7, 5, 3), (17, 33, 65), (49, 35, 33), (19, 18, 401), (1, 67, 300), (66, 1, 31),
    ]

    /// Whether products of these shapes, transposed or not, within wider rows, are those of sums in Double.
    package static func isRight(_ product: Product, _ shapes: [(m: Int, n: Int, k: Int)] = oddShapes) -> Bool {
        shapes.enumerated().allSatisfy { place, shape in
            (0..<4).allSatisfy { transposes in
                let isAccumulated = (place + transposes) % 2 == 0
                return isRight(
                    product, shape, transposeA: transposes & 1 != 0, transposeB: transposes & 2 != 0,
                    alpha: isAccumulated ? -0.75 : 1, beta: isAccumulated ? 0.5 : 0)
            }
        }
    }

    private static func isRight(
        _ product: Product, _ shape: (m: Int, n: Int, k: Int), transposeA: Bool, transposeB: Bool, alpha: Float,
        beta: Float
    ) -> Bool {
        let (m, n, k) = shape
        let (lda, ldb, ldc) = ((transposeA ? m : k) + 3, (transposeB ? k : n) + 1, n + 2)
        // Values from −1 to 1; where beta is 0, what was in c does not count.
        func values(_ count: Int) -> [Float] { (0..<count).map { Float(($0 * 7919) % 2003) / 1001 - 1 } }
        let (a, b) = (values((transposeA ? k : m) * lda), values((transposeB ? n : k) * ldb))
        let old = beta == 0 ? Array(repeating: Float.nan, count: m * ldc) : values(m * ldc)
        var c = old
        multiply(
            product, transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, a: a, lda: lda,
            b: b, ldb: ldb, beta: beta, c: &c, ldc: ldc)
        let (stepsA, stepsB) = (transposeA ? (1, lda) : (lda, 1), transposeB ? (1, ldb) : (ldb, 1))
        for i in 0..<m {
            for j in 0..<ldc {
                let before = old[i * ldc + j], after = c[i * ldc + j]
                guard j < n else {
                    if before.bitPattern != after.bitPattern { return false }
                    continue
                }
                var sum = 0.0
                for l in 0..<k {
                    sum += Double(a[i * stepsA.0 + l * stepsA.1]) * Double(b[l * stepsB.0 + j * stepsB.1])
                }
                let expected = Double(alpha) * sum + (beta == 0 ? 0 : Double(beta) * Double(before))
                guard abs(Double(after) - expected) <= 1e-4 else { return false }
            }
        }
        return true
    }
}
