import Annotations
import Engine
import Foundation
import Inference
import Profiling
import Recipes
import Tensors

/// A turn of a row: inference of one image, timed in a process of its own, so that its memory is that of this network
/// alone. It is the argument of that process.
struct TableTurn: Codable {
    let row: TableRow
    /// Of the image, in pixels.
    let height, width: Int
    /// Timed runs, after one to warm up.
    let runs: Int
    /// Whose fastest SGEMM is T.
    let machine: Machine

    /// Runs in another process. Throws `BenchFailure` where that fails.
    func inOwnProcess(threads: Int) throws -> TimedRuns {
        let argument = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        let output = try ChildProgram.own().output(["--table-turn", argument, "--threads", "\(threads)"])
        return try JSONDecoder().decode(TimedRuns.self, from: Data(output.utf8))
    }

    /// Measures the turn of `argument` in this process, and shows the runs as JSON. Throws one typed error for whatever
    /// is wrong.
    static func run(_ argument: String, console: Console) throws {
        let turn = try JSONDecoder().decode(TableTurn.self, from: Data(argument.utf8))
        console.line(String(decoding: try JSONEncoder().encode(try turn.measure()), as: UTF8.self))
    }

    private func measure() throws -> TimedRuns {
        let setup = try row.setup()
        let network = try setup.configuration.network().network(seed: 1)
        if let weights = row.weights { _ = try RunFiles.openWeights(weights, setup).load(into: network.store) }
        let inference = NetworkInference(
            network, setup.configuration.test.inference, setup.configuration.input.evaluation, augments: false)
        let size = ImageSize(height: height, width: width)
        let picture = NetworkWork.picture(height: height, width: width)
        return try TimedRuns(
            runs: runs, try MatrixProduct(machine),
            prepare: { { _ = inference(picture, size: size, .semantic, isThing: []) } })
    }
}
