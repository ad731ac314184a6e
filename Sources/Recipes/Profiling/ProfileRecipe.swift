import Kernels
import Layers
import Tensors

/// Measures where the time of a configuration's network goes.
package struct ProfileRecipe {
    /// What is measured.
    package struct Options: Sendable {
        /// Rows of the image.
        package var height = 1024
        /// Columns of the image.
        package var width = 2048
        /// Images of a run.
        package var batch = 1
        /// Whole training steps instead of inference.
        package var trains = false
        /// Timed runs.
        package var runs = 5

        /// One image of Cityscapes' size, inference.
        package init() {}
    }

    private let network: NetworkWork
    private let name: String
    private let options: Options

    /// A recipe for the configuration that `name` names. Throws `ConfigError`.
    package init(_ run: RunConfiguration, name: String, _ options: Options) throws {
        network = try NetworkWork(run)
        self.name = name
        self.options = options
    }

    /// Runs it; `note` hears the time of each run. Throws what a training step throws.
    package func callAsFunction(note: (_ seconds: Double) -> Void) throws -> ProfileReport {
        let timer = ModuleTimer()
        let (height, width, batch) = (options.height, options.width, options.batch)
        let context = (options.trains ? ForwardContext.training : .evaluation).timed(by: timer)
        let infer = options.trains ? nil : network.inference(height: height, width: width, batch: batch)
        let train = options.trains ? network.trainingStep(height: height, width: width, batch: batch) : nil
        var best: (seconds: Double, parts: [String: Double]) = (.infinity, [:])
        let measured = try TimedRuns(
            runs: options.runs, MatrixProduct(),
            prepare: {
                timer.reset()
                return {
                    infer?(context)
                    try train?(context)
                }
            },
            note: { seconds in
                if seconds < best.seconds { best = (seconds, timer.seconds) }
                note(seconds)
            })
        return report(measured, best.parts)
    }

    private func report(_ measured: TimedRuns, _ times: [String: Double]) -> ProfileReport {
        let perImage = network.multiplyAdds(height: options.height, width: options.width)
        let work = Double(perImage * options.batch * (options.trains ? 3 : 1))
        return ProfileReport(
            config: name, work: options.trains ? "training" : "inference", height: options.height,
            width: options.width, batch: options.batch, threads: ThreadPool.threadCount, runs: options.runs,
            sgemmCore: matrixProductCoreName(), sgemmGflops: measured.gigaflops, macs: perImage,
            parameters: network.segmenter.store.parameterCount, seconds: measured.seconds,
            secondsMedian: measured.median, secondsSgemm: measured.reference(multiplyAdds: work),
            ratioToSgemm: measured.ratio(multiplyAdds: work), peakBytes: measured.peakBytes, stages: stages(times),
            modules: modules(times))
    }

    private func stages(_ times: [String: Double]) -> [ProfileReport.Stage] {
        func stage(_ name: String, _ key: String) -> ProfileReport.Stage {
            ProfileReport.Stage(name: name, seconds: times[key] ?? 0)
        }
        func step(_ step: NetworkWork.Step) -> ProfileReport.Stage { stage(step.rawValue, step.rawValue) }
        let parts = zip(
            ProfileReport.forwardStages, ["backbone", "sem_seg_head.pixel_decoder", "sem_seg_head.predictor"]
        ).map(stage)
        guard options.trains else { return [step(.preparation)] + parts + [step(.inference)] }
        let forward = ProfileReport.Stage(name: "forward", seconds: parts.reduce(0) { $0 + $1.seconds })
        return [step(.preparation), forward] + parts + [step(.criterion), step(.backward), step(.optimizer)]
    }

    private func modules(_ times: [String: Double]) -> [ProfileReport.Module] {
        let size = network.paddedSize(height: options.height, width: options.width)
        return network.segmenter.modules(height: size.height, width: size.width).joined().map { module in
            ProfileReport.Module(
                name: module.name, parameters: network.segmenter.store.parameterCount(in: module.scopes),
                macs: module.multiplyAdds, seconds: times[module.name] ?? 0)
        }
    }
}
