import Foundation
import SegmentationNetworks
import Testing

/// What the library does to the process that it works in: in processes of their own, since tests of other parts load
/// OpenBLAS.
@Suite struct ProcessTests {
    @Test func nothingIsChangedAndNothingPrinted() async throws {
        let result = try await #require(
            processExitsWith: .success, observing: [\.standardOutputContent, \.standardErrorContent]
        ) {
            let before = ProcessState()
            let small = try SmallNetwork()
            let session = try small.session()
            while !session.isFinished { try session.step() }
            _ = try session.model().segment(SmallNetwork.sample(0).picture)
            _ = try? Picture(contentsOf: "missing")
            guard ProcessState() == before else { exit(3) }
            let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
            guard !maps.contains("openblas") else { exit(4) }
        }
        #expect(result.standardOutputContent.isEmpty && result.standardErrorContent.isEmpty)
    }

    @Test func theHandlerIsToldWhereMemoryIsShort() async throws {
        await #expect(processExitsWith: .exitCode(42)) {
            SegmentationRuntime.onMemoryShortage { bytes in exit(bytes > 500 << 20 ? 42 : 43) }
            let small = try SmallNetwork()
            let model = try small.session(["INPUT.MIN_SIZE_TEST": "0"]).model()
            // The network's input takes 800 MB, and 300 are left.
            let side = 8192
            let picture = try Picture(width: side, height: side, rgb: [UInt8](repeating: 0, count: 3 * side * side))
            let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).prefix { $0 != " " }
            let bytes = try #require(UInt(pages)) * UInt(sysconf(Int32(_SC_PAGESIZE))) + (300 << 20)
            var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
            setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
            _ = model.segment(picture)
        }
    }
}

/// Environment, working folder, and what signals do.
private struct ProcessState: Equatable {
    let environment = ProcessInfo.processInfo.environment
    let folder = FileManager.default.currentDirectoryPath
    let handlers: [Int] = (1..<32).map { signal in
        var action = sigaction()
        sigaction(Int32(signal), nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    }
}
