import Tensors

/// One axis of a bicubic resize (Keys 1981, a = −0.75): torch's interpolate, mode bicubic, align_corners false;
/// positions beyond the ends are those of the ends.
package struct BicubicAxis: Sendable {
    /// Four input positions, neighbours but at the ends, and their weights, for each output position.
    package let taps: [[(position: Int, weight: Float)]]
    let input: Int

    /// From `input` to `output` positions.
    package init(input: Int, output: Int) {
        precondition(input > 0 && output > 0, "resize: from \(input) to \(output)")
        self.input = input
        taps = (0..<output).map { position in
            let source = (Double(position) + 0.5) * Double(input) / Double(output) - 0.5
            let below = source.rounded(.down)
            return (-1...2).map { step in
                let place = min(max(Int(below) + step, 0), input - 1)
                return (place, Float(Self.weight(abs(source - below - Double(step)))))
            }
        }
    }

    private static func weight(_ distance: Double) -> Double {
        let (a, d) = (-0.75, distance)
        return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
    }
}

/// Bicubic resize of [B, H, W, C] to [B, rows, columns, C].
package func resizeBicubic(_ x: Tensor, rows: BicubicAxis, columns: BicubicAxis) -> Tensor {
    let y = Tensor(zeros: [x.shape[0], rows.taps.count, columns.taps.count, x.channels])
    forEachTap(y.shape, rows, columns) { source, target, weight, count in
        for c in 0..<count { y.data[target + c] += weight * x.data[source + c] }
    }
    return y
}

/// dX of `resizeBicubic` from dY.
package func resizeBicubicGradient(_ dY: Tensor, rows: BicubicAxis, columns: BicubicAxis) -> Tensor {
    let dX = Tensor(zeros: [dY.shape[0], rows.input, columns.input, dY.channels])
    forEachTap(dY.shape, rows, columns) { source, target, weight, count in
        for c in 0..<count { dX.data[source + c] += weight * dY.data[target + c] }
    }
    return dX
}

/// Calls `body` with the pixels of input and output that meet, first floats, in a fixed order.
private func forEachTap(
    _ shape: [Int], _ rows: BicubicAxis, _ columns: BicubicAxis,
    _ body: (_ source: Int, _ target: Int, _ weight: Float, _ count: Int) -> Void
) {
    for image in 0..<shape[0] {
        for y in 0..<shape[1] {
            for x in 0..<shape[2] {
                for row in rows.taps[y] {
                    for column in columns.taps[x] {
                        let source = (image * rows.input + row.position) * columns.input + column.position
                        let target = (image * shape[1] + y) * shape[2] + x
                        body(source * shape[3], target * shape[3], row.weight * column.weight, shape[3])
                    }
                }
            }
        }
    }
}
