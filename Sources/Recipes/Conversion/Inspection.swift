import Checkpoints
import Engine
import Foundation

/// What `--inspect` shows of a file. One tensor's values are in memory at a time.
struct Inspection {
    private let archive: WeightArchive
    private let maps: [NameMap]

    /// Throws `CheckpointError`.
    init(path: String, maps: [NameMap]) throws {
        archive = try WeightArchive.open(path: path)
        self.maps = maps
    }

    /// Shows a line for each tensor. Throws `CheckpointError` where values are damaged.
    func show(on console: Console) throws {
        let entries = archive.names.compactMap(archive.entry(named:))
        let nameWidth = entries.map(\.name.count).max() ?? 0
        let shapeWidth = entries.map { "\($0.shape)".count }.max() ?? 0
        let total = entries.reduce(0) { $0 + $1.shape.reduce(1, *) }
        let map = NameMap.recognized(by: archive.names, among: maps)
        console.line(
            "\(archive.path): \(archive.format.rawValue), \(entries.count) tensors, \(total) values, "
                + "names of \(map.name)"
        )
        if !archive.prefix.isEmpty { console.line("all names begin with \(archive.prefix), which is left out here") }
        for entry in entries {
            let name = entry.name.padding(toLength: nameWidth, withPad: " ", startingAt: 0)
            let shape = "\(entry.shape)".padding(toLength: shapeWidth, withPad: " ", startingAt: 0)
            let type = entry.type.rawValue.padding(toLength: 4, withPad: " ", startingAt: 0)
            console.line("\(name)  \(shape)  \(type)  \(Self.statistics(try archive.floats(named: entry.name)))")
        }
    }

    /// Minimum, maximum, mean and standard deviation; how many are no finite numbers.
    private static func statistics(_ values: [Float]) -> String {
        var (least, greatest, sum, squares, count) = (Float.infinity, -Float.infinity, 0.0, 0.0, 0)
        for value in values where value.isFinite {
            least = min(least, value)
            greatest = max(greatest, value)
            sum += Double(value)
            count += 1
        }
        let strange = values.count - count
        let warning = strange > 0 ? "  \(strange) not finite" : ""
        guard count > 0 else { return "no values" + warning }
        let mean = sum / Double(count)
        for value in values where value.isFinite {
            let difference = Double(value) - mean
            squares += difference * difference
        }
        let deviation = (squares / Double(count)).squareRoot()
        return String(format: "min %.4g  max %.4g  mean %.4g  std %.4g", least, greatest, mean, deviation)
            + warning
    }
}
