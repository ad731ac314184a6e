import Engine
import Foundation
import Networks
import Profiling
import Tensors

/// Panoptic and instance inference beside semantic inference of the same network.
struct TaskBench {
    let report: BenchReport
    let rounds: Int
    let configs: String

    func run() throws {
        report.section(
            "Tasks at 1024×2048",
            "From pixels in memory to label map, segments (all queries kept) or 100 instances; the tasks take turns in "
                + "each round. Ratios are to semantic inference: of the best times, and the median over rounds. "
                + "Targets: 1.3, 1.2 GB.",
            columns: ["network, task", "seconds", "ratio", "median ratio", "peak memory above the network"])
        for model in BenchModel.pem { try measure(model) }
    }

    private func measure(_ model: BenchModel) throws {
        let network = try model.network(configs: configs)
        // Trained networks keep fewer segments.
        let isThing = Array(repeating: true, count: network.network.classCount)
        let tasks: [(name: String, infer: NetworkWork.Inference?)] = [
            ("semantic", nil),
            (
                "panoptic",
                { prediction, image, request, _ in
                    let result = prediction.masks?.panopticSegmentation(
                        image: image, request, isThing: isThing, objectMaskThreshold: 0, overlapThreshold: 0)
                    precondition(result?.segmentIDs.count == request.output.area)
                }
            ),
            (
                "instance",
                { prediction, image, request, _ in
                    let result = prediction.masks?.instanceSegmentation(image: image, request, count: 100)
                    precondition(result?.isEmpty == false)
                }
            ),
        ]
        let runs = tasks.map { network.inference(height: 1024, width: 2048, batch: 1, infer: $0.infer) }
        StoragePool.releaseCache()
        ProcessMemory.resetPeak()
        let networkBytes = ProcessMemory.peakBytes
        let peaks = runs.map { run in
            StoragePool.releaseCache()
            ProcessMemory.resetPeak()
            run(.evaluation)
            return ProcessMemory.peakBytes
        }
        let times = (0..<rounds).map { _ in runs.map { run in TimedRuns.time { run(.evaluation) } } }
        for (place, task) in tasks.enumerated() {
            func best(_ place: Int) -> Double { times.map { $0[place] }.min() ?? 0 }
            let ratios = times.map { $0[place] / $0[0] }
            report.row([
                "\(model.name), \(task.name)", String(format: "%.3f", best(place)),
                String(format: "%.2f", best(place) / best(0)), String(format: "%.2f", ratios.median),
                String(format: "%.2f GB", Double(peaks[place] - networkBytes) / 1e9),
            ])
        }
    }
}
