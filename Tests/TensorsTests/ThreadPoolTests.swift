import Foundation
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 5]) func everyTileRunsOnce(threads: Int) {
        let (_, active) = ThreadPool.withThreads(threads) {
            for count in [0, 1, 2, 7, 1000] {
                let hits = Tensor(zeros: [count + 1])
                for _ in 0..<20 { parallelFor(count) { hits.data[$0] += 1 } }
                #expect(hits.array == Array(repeating: 20, count: count) + [0])
            }
        }
        #expect(active == threads)
    }

    @Test func nestedLoopsRun() {
        let hits = Tensor(zeros: [64])
        let (_, active) = ThreadPool.withThreads(3) {
            parallelFor(8) { outer in parallelFor(8) { hits.data[outer * 8 + $0] += 1 } }
        }
        #expect(hits.array.allSatisfy { $0 == 1 } && active == 3)
    }

    /// The threads that tiles ran on.
    private func threads(_ tiles: Int) -> Set<UInt> {
        let seen = Mutex<Set<UInt>>([])
        parallelFor(tiles) { _ in seen.withLock { _ = $0.insert(pthread_self()) } }
        return seen.withLock { $0 }
    }

    @Test(arguments: [1, 2, 4]) func everyThreadGetsATile(count: Int) {
        let (seen, active) = ThreadPool.withThreads(count) { (0..<50).map { _ in threads(4) } }
        #expect(seen.allSatisfy { $0.count == count } && active == count)
        // Fewer tiles than threads.
        #expect(ThreadPool.withThreads(6) { threads(3).count } == (3, 3))
    }

    /// Sections of several threads, each with loops of a second thread beside it.
    @Test func onlyOneThreadUsesThePool() {
        let inside = Atomic(0)
        let before = ThreadPool.threadCount
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            let count = 1 + index % 4
            let (_, active) = ThreadPool.withThreads(count) {
                #expect(inside.add(1, ordering: .relaxed).oldValue == 0)
                let other = Mutex<Set<UInt>>([])
                let done = DispatchSemaphore(value: 0)
                let beside = Thread {
                    let seen = threads(100)
                    other.withLock { $0 = seen }
                    done.signal()
                }
                beside.start()
                for _ in 0..<20 { #expect(threads(4).count == count) }
                done.wait()
                #expect(other.withLock { $0.count } == 1)
                inside.subtract(1, ordering: .relaxed)
            }
            #expect(active == count)
        }
        #expect(ThreadPool.threadCount == before)
    }

    @Test func anErrorEndsTheSection() {
        struct Failure: Error {}
        #expect(throws: Failure.self) { try ThreadPool.withThreads(2) { throw Failure() } }
        #expect(ThreadPool.withThreads(2) { threads(2).count } == (2, 2))
    }
}
