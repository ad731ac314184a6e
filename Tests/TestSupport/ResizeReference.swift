/// The definition: x [B, H, W, C] -> [B, height, width, C], pixel centres at (i + 0.5) / size, borders
/// repeated; or with the corners of x at those of the result.
package func resizeReference(
    _ x: [Double], _ shape: [Int], height: Int, width: Int, alignsCorners: Bool = false
) -> [Double] {
    func sites(_ input: Int, _ output: Int) -> [(Int, Int, Double)] {
        (0..<output).map {
            let source =
                alignsCorners
                ? Double($0 * (input - 1)) / Double(max(1, output - 1))
                : max(0, (Double($0) + 0.5) * Double(input) / Double(output) - 0.5)
            let lower = min(Int(source), input - 1)
            return (lower, min(lower + 1, input - 1), source - Double(lower))
        }
    }
    let (rows, columns, channels) = (sites(shape[1], height), sites(shape[2], width), shape[3])
    return (0..<shape[0] * height * width * channels).map { index in
        let (site, channel) = (index / channels, index % channels)
        let (row, column) = (rows[site / width % height], columns[site % width])
        let image = site / (height * width)
        func at(_ i: Int, _ j: Int) -> Double {
            x[((image * shape[1] + i) * shape[2] + j) * channels + channel]
        }
        let above = (1 - column.2) * at(row.0, column.0) + column.2 * at(row.0, column.1)
        let below = (1 - column.2) * at(row.1, column.0) + column.2 * at(row.1, column.1)
        return (1 - row.2) * above + row.2 * below
    }
}
