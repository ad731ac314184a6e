import Foundation

extension StepReport {
    /// A measured value.
    struct Measure {
        let name: String
        let value: Double
        /// As metrics.jsonl has it.
        let text: String

        fileprivate init(_ name: String, _ value: some BinaryFloatingPoint & CustomStringConvertible) {
            (self.name, self.value, text) = (name, Double(value), value.description)
        }

        fileprivate init(_ name: String, count: Int) { (self.name, value, text) = (name, Double(count), "\(count)") }

        /// What a clock measured.
        fileprivate init(_ name: String, rounded value: Double) {
            (self.name, self.value, text) = (name, value, String(format: "%.4f", value))
        }
    }

    /// Every loss: the sum, then each by its name.
    var losses: [Measure] { [Measure("total_loss", totalLoss)] + terms.map { Measure($0.name, $0.value) } }

    /// Everything else: rates (`lr`, `lr_backbone`, …), the gradient's norm, speed, and the memory of the process.
    var measures: [Measure] {
        [Measure("lr", learningRate)] + groupRates.map { Measure("lr_" + $0.group, $0.learningRate) } + [
            Measure("gradient_norm", gradientNorm), Measure("time", rounded: seconds),
            Measure("data_time", rounded: dataSeconds),
            Measure("images_per_second", rounded: Double(images) / max(seconds, 1e-9)),
            Measure("memory_mb", count: ProcessMemory.peakBytes >> 20),
        ]
    }
}
