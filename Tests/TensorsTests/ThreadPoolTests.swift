import Tensors
import Testing
import TestSupport

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 5]) func everyTileRunsOnce(threads: Int) {
        ThreadPool.setThreadCount(threads)
        for count in [0, 1, 2, 7, 1000] {
            let hits = Tensor(zeros: [count + 1])
            for _ in 0..<20 { parallelFor(count) { hits.data[$0] += 1 } }
            #expect(hits.array == Array(repeating: 20, count: count) + [0])
        }
    }

    @Test func nestedLoopsRun() {
        let hits = Tensor(zeros: [64])
        parallelFor(8) { outer in parallelFor(8) { hits.data[outer * 8 + $0] += 1 } }
        #expect(hits.array.allSatisfy { $0 == 1 })
    }
}
