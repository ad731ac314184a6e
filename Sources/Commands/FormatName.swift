import ArgumentParser
import Scoring

/// A format of predictions by its name.
package struct FormatName: ExpressibleByArgument {
    package static let allValueStrings = PredictionFormats.all.map { $0.name }

    package let format: any PredictionFormat.Type

    package init?(argument: String) {
        guard let format = PredictionFormats.all.first(where: { $0.name == argument }) else { return nil }
        self.format = format
    }

    /// A line a format.
    package static let help = PredictionFormats.all.map { format in
        "  " + format.name + String(repeating: " ", count: max(1, 16 - format.name.count)) + format.summary
    }.joined(separator: "\n")
}
