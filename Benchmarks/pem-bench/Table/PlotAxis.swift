import Foundation

/// An axis of a plot: values to places in the picture, with marks at round numbers.
package struct PlotAxis {
    private let isLogarithmic: Bool
    /// The values at its ends.
    private let least, most: Double
    private let start, end: Double

    /// An axis on which all `values` have room, which are above 0 where it is logarithmic; their least stands near
    /// `start`, their most near `end`.
    package init(_ values: [Double], isLogarithmic: Bool, from start: Double, to end: Double) {
        (self.isLogarithmic, self.start, self.end) = (isLogarithmic, start, end)
        let (least, most) = (values.min() ?? 1, values.max() ?? 1)
        if isLogarithmic {
            let room = max(1.15, pow(most / least, 0.08))
            (self.least, self.most) = (least / room, most * room)
        } else {
            let room = max(0.5, 0.08 * (most - least))
            (self.least, self.most) = (least - room, most + room)
        }
    }

    /// Where a value stands.
    package func place(_ value: Double) -> Double {
        let part = isLogarithmic ? log(value / least) / log(most / least) : (value - least) / (most - least)
        return start + part * (end - start)
    }

    /// The marks: 1, 2 and 5 times powers of ten where equal steps are factors and there is room for two; else steps of
    /// such a number, four to ten of them.
    package var ticks: [Double] {
        let factors = isLogarithmic ? logarithmicTicks : []
        if factors.count > 1 { return factors }
        let span = most - least
        let power = pow(10, log10(span / 4).rounded(.down))
        let step = [5, 2, 1].map { $0 * power }.first { $0 <= span / 4 } ?? power
        return stride(from: (least / step).rounded(.up), through: (most / step).rounded(.down), by: 1).map { $0 * step }
    }

    private var logarithmicTicks: [Double] {
        let powers = Int(log10(least).rounded(.down))...Int(log10(most).rounded(.up))
        return powers.flatMap { power in [1, 2, 5].map { $0 * pow(10, Double(power)) } }.filter { least...most ~= $0 }
    }
}
