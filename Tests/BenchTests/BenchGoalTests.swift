import Kernels
import Testing
import pem_bench

/// What the ratios to T are held to.
@Suite struct BenchGoalTests {
    @Test(arguments: [
        (InstructionSet.avx512, "AMD EPYC", "≤ 0.80 T, 2 GB"),
        (.avx512, "Intel(R) Xeon(R) Processor", "≤ 0.85 T, 2 GB"),
        (.avx2, "Intel(R) Xeon(R) Processor", "≤ 0.88 T, 2 GB"), (.baseline, "AMD EPYC", "2 GB"),
    ])
    func byKindOfProcessor(set: InstructionSet, cpu: String, text: String) {
        #expect(BenchGoal(0.80, avx2: 0.88, intel: 0.85, gigabytes: 2).text(set, cpu: cpu) == text)
        let larger = BenchGoal(0.40, avx2: 0.44, intel: 0.425, gigabytes: 1).times(2)?.text(set, cpu: cpu)
        #expect(larger == text.replacing(/(, )?2 GB/, with: ""))
        #expect(BenchGoal(gigabytes: 1.6).text(set, cpu: cpu) == "1.6 GB")
    }
}
