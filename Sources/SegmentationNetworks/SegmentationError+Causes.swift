import Annotations
import Checkpoints
import ConfigFiles
import Criteria
import Datasets
import Engine
import Files
import Foundation
import Optimizers

extension SegmentationError {
    /// What `body` returns; its errors are translated.
    package static func translating<Result>(_ body: () throws -> Result) throws(SegmentationError) -> Result {
        do { return try body() } catch { throw SegmentationError(error) }
    }

    /// The public form of any error of ours.
    private init(_ error: any Error) {
        switch error {
        case let error as SegmentationError: self = error
        case let error as InputError:
            self.init(
                place: error.place, what: error.what, expected: error.expected, got: error.got, advice: error.advice)
        case let error as ConfigError: self.init(error)
        case let error as DatasetError:
            self.init(
                place: error.subject, what: error.problems.map(\.description).joined(separator: "; "),
                advice: error.advice)
        case let error as WeightsError: self.init(error)
        case let error as CheckpointError: self.init(error)
        case let error as FileError: self.init(error)
        case EngineError.nonFiniteLoss(let step, let rate, let terms):
            let losses = terms.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
            self.init(
                place: "step \(step)", what: "the loss is not finite", expected: "finite losses",
                got: "\(losses) at learning rate \(rate)", advice: Self.lowerRate)
        case OptimizerError.nonFiniteGradient(let step, let rate, let parameters):
            self.init(
                place: "step \(step)", what: "gradients are not finite; nothing was updated",
                expected: "finite gradients",
                got: "others in \(parameters.prefix(8).joined(separator: ", ")) at learning rate \(rate)",
                advice: Self.lowerRate)
        case EngineError.stepFailed(let step, _, let reason):
            self.init(place: "step \(step)", what: reason, advice: "")
        default: self.init(place: "segmentation", what: "\(error)", advice: "")
        }
    }

    private static let lowerRate =
        "lower SOLVER.BASE_LR, lengthen the warm-up (SOLVER.WARMUP_ITERS), or set SOLVER.CLIP_GRADIENTS.ENABLED True"

    private init(_ error: ConfigError) {
        let place = [error.origin?.description, error.key].compactMap(\.self).joined(separator: ": ")
        let advice = error.hint ?? "change the value, or leave the key out"
        if let parts = error.problem.wholeMatch(of: /expected (.+), got (.+)/) {
            self.init(
                place: place, what: "the value cannot be used", expected: String(parts.1), got: String(parts.2),
                advice: advice)
        } else {
            self.init(place: place.isEmpty ? "configuration" : place, what: error.problem, advice: advice)
        }
    }

    private init(_ error: WeightsError) {
        let counts = [
            ("missing", error.missing.count, error.missing.first),
            ("unknown to the network", error.unexpected.count, error.unexpected.first),
            ("of another shape", error.mismatched.count, error.mismatched.first?.name),
        ]
        let faults = counts.filter { $0.1 > 0 }.map { "\($0.1) tensors \($0.0) (\($0.2 ?? "") first)" }
        self.init(
            place: error.path, what: "does not fit the network: " + faults.joined(separator: ", "),
            expected: error.mismatched.first.map { "\($0.expected)" }, got: error.mismatched.first.map { "\($0.got)" },
            advice: error.advice)
    }

    private init(_ error: CheckpointError) {
        switch error {
        case .unreadable(let path, let reason):
            self.init(place: path, what: "cannot be read: \(reason)", advice: "check the path and its permissions")
        case .malformed(let path, let problem):
            self.init(place: path, what: "is not a whole safetensors file: \(problem)", advice: "copy or save it again")
        case .damaged(let path, let problem):
            self.init(place: path, what: "is damaged: \(problem)", advice: "copy or download it again")
        case .refused(let path, let name):
            self.init(
                place: path, what: "asks for \(name), which weights do not need",
                advice: "where you trust it, load it in Python and save its state_dict() alone")
        case .unsupported(let path, let problem):
            self.init(place: path, what: problem, advice: "save the weights as safetensors")
        case .missing(let path, let name):
            self.init(place: path, what: "has no tensor \(name)", advice: "name the file of a whole network")
        case .notFinite(let path, let problem):
            self.init(place: path, what: problem, advice: "use another checkpoint, or export it in single precision")
        }
    }

    private init(_ error: FileError) {
        switch error {
        case .unwritable(let path, let code):
            self.init(
                place: path,
                what: "cannot be written (\(String(cString: strerror(code)))); what was there is untouched",
                advice: error.isDiskFull ? "make room, or choose another place" : "check the folder")
        case .notAFile(let path):
            self.init(place: path, what: "is no regular file; nothing was written", advice: "choose another name")
        case .foreign(let paths):
            self.init(
                place: paths[0], what: "would be replaced, and was not written by this library",
                advice: "move it away, or choose another name")
        case .inUse(let folder, let holder):
            self.init(
                place: folder, what: "is in use by \(holder)", advice: "wait for its end, or choose another folder")
        }
    }
}
