import Foundation

extension Diagnosis.Section {
    /// What the self-test computed.
    static func selfTest(_ results: [SelfTestGolden.Result]) -> Self {
        let facts = results.map { result in
            let errors = String(
                format: "logits differ from the official code's by %.0e, gradients by %.0e", result.logitsError,
                result.gradientError)
            return Fact(
                result.name, .text(result.isRight ? "right" : "WRONG"),
                note: result.isRight ? errors : errors + ", most in \(result.worstGradient)")
        }
        let wrong = results.contains { !$0.isRight }
        return Self(
            title: "Self-test", facts: facts,
            advice: wrong
                ? [
                    "The self-test failed: this program computes wrongly on this machine. Please report it. "
                        + "PEM_KERNELS=avx2 or PEM_KERNELS=baseline before a command may do meanwhile."
                ] : [])
    }
}
