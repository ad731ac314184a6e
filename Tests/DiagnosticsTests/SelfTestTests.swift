import Diagnostics
import Testing

/// The self-test of `pem-doctor`.
struct SelfTestTests {
    @Test func theProgramComputesAsTheOfficialCode() throws {
        for golden in SelfTestGolden.all {
            let result = try golden.run()
            // Seen on AVX-512, AVX2 and the baseline: at most 3e-6 and 3e-5.
            #expect(result.isRight && result.logitsError < 2e-5 && result.gradientError < 3e-4, "\(result)")
        }
    }

    /// One wrong number of any kind is found, a NaN too.
    @Test(arguments: [\SelfTestGolden.classLogits, \.maskLogits, \.gradients], [1.5, .nan])
    func aDifferenceIsFound(numbers: WritableKeyPath<SelfTestGolden, [Double]> & Sendable, factor: Double) throws {
        var golden = SelfTestGolden.all[0]
        golden[keyPath: numbers][5] *= factor
        #expect(try !golden.run().isRight)
    }

    @Test func aFailureIsToldAndReported() throws {
        var golden = SelfTestGolden.all[0]
        golden.classLogits[0] += 1
        let diagnosis = try Diagnosis(measuresSpeed: false, goldens: [golden])
        #expect(!diagnosis.isRight && diagnosis.json.contains("\"self_test_passed\": false"))
        #expect(diagnosis.lines.contains { $0.hasPrefix("! The self-test failed") })
        #expect(diagnosis.lines.allSatisfy { $0.count <= 80 || !$0.dropFirst(30).contains(" ") })
    }
}
