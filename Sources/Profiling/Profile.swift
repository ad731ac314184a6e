import Annotations
import Layers
import Tensors

/// Measures where the time of a network goes.
package struct Profile {
    /// What is measured.
    package struct Options: Sendable {
        /// The image's.
        package var size = ImageSize(height: 1024, width: 2048)
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

    /// Of a network that the report calls `name`.
    package init(_ network: NetworkWork, name: String, _ options: Options) {
        self.network = network
        self.name = name
        self.options = options
    }

    /// Runs it; `note` gets the time of each run. Throws what a training step throws.
    package func run(note: (_ seconds: Double) -> Void) throws -> ProfileReport {
        let trace = ForwardTrace()
        let (height, width, batch) = (options.size.height, options.size.width, options.batch)
        let context = (options.trains ? ForwardContext.training : .evaluation).traced(by: trace)
        let work: (ForwardContext) throws -> Void =
            options.trains
            ? network.trainingStep(height: height, width: width, batch: batch)
            : network.inference(height: height, width: width, batch: batch)
        var best: (seconds: Double, modules: [ForwardTrace.Module]) = (.infinity, [])
        let product = try MatrixProduct()
        let measured = try TimedRuns(
            runs: options.runs, product,
            prepare: {
                trace.reset()
                return { try work(context) }
            },
            note: { seconds in
                if seconds < best.seconds { best = (seconds, trace.modules) }
                note(seconds)
            })
        return report(measured, product.machine, best.modules)
    }

    private func report(_ measured: TimedRuns, _ machine: Machine, _ modules: [ForwardTrace.Module]) -> ProfileReport {
        let work = modules.reduce(into: ForwardWork()) { $0.add($1.work) }
        let multiplyAdds = Double(work.macs * (options.trains ? 3 : 1))
        return ProfileReport(
            config: name, work: options.trains ? "training" : "inference", height: options.size.height,
            width: options.size.width, batch: options.batch, threads: ThreadPool.threadCount, runs: options.runs,
            machine: machine, sgemmGflops: measured.gigaflops, macs: work.macs / options.batch,
            published: work.published(network.counting) / options.batch,
            parameters: network.network.store.parameterCount,
            seconds: measured.seconds, secondsMedian: measured.median,
            secondsSgemm: measured.reference(multiplyAdds: multiplyAdds),
            ratioToSgemm: measured.ratio(multiplyAdds: multiplyAdds), peakBytes: measured.peakBytes,
            stages: stages(modules),
            modules: modules.filter { $0.work != ForwardWork() || $0.parameters > 0 }.map { module in
                ProfileReport.Module(
                    name: module.name, parameters: module.parameters, macs: module.work.macs / options.batch,
                    published: module.work.published(network.counting) / options.batch, seconds: module.seconds)
            })
    }

    /// The outermost modules in order; those of the network are parts of `forward` in training.
    private func stages(_ modules: [ForwardTrace.Module]) -> [ProfileReport.Stage] {
        var stages: [ProfileReport.Stage] = []
        func add(_ name: String, _ seconds: Double, isPart: Bool) {
            if let index = stages.firstIndex(where: { $0.name == name }) {
                stages[index].seconds += seconds
            } else {
                stages.append(ProfileReport.Stage(name: name, isPartOfForward: isPart, seconds: seconds))
            }
        }
        for module in modules {
            let isPart = options.trains && NetworkWork.Step(rawValue: module.stage) == nil
            if isPart { add("forward", module.seconds, isPart: false) }
            add(module.stage, module.seconds, isPart: isPart)
        }
        return stages
    }
}
