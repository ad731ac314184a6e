/// The boundary map of detectron2's SemSegEvaluator (`_mask_to_boundary`, dilation ratio 0.02).
enum LabelBoundary {
    /// Labels minus the smallest label within `distance` pixels in both directions, 0 beyond the image.
    /// PARITY: detectron2 erodes the label map as a whole, not class by class, so that the result is a
    /// difference of class numbers; its published boundary scores are those of this map.
    static func map(_ labels: [UInt16], width: Int) -> [UInt16] {
        let height = labels.count / width
        precondition(width > 0 && height * width == labels.count, "LabelBoundary: \(labels.count) by \(width)")
        let distance = distance(height: height, width: width)
        let rows = lineMinima(labels, length: width, distance)
        let columns = lineMinima(transposed(rows, width: width), length: height, distance)
        let eroded = transposed(columns, width: height)
        return zip(labels, eroded).map { $0 - $1 }
    }

    /// Two hundredths of the diagonal, at least one pixel.
    static func distance(height: Int, width: Int) -> Int {
        let diagonal = Double(height * height + width * width).squareRoot()
        return max(1, Int((0.02 * diagonal).rounded(.toNearestOrEven)))
    }

    /// The smallest value within `distance` along each line; 0 where the window leaves the line. Minima
    /// from both ends of blocks of the window's length give each window in one comparison (van Herk, 1992).
    private static func lineMinima(_ values: [UInt16], length: Int, _ distance: Int) -> [UInt16] {
        let window = 2 * distance + 1
        var minima = [UInt16](repeating: 0, count: values.count)
        guard length >= window else { return minima }
        var (before, after) = ([UInt16](repeating: 0, count: length), [UInt16](repeating: 0, count: length))
        for start in stride(from: 0, to: values.count, by: length) {
            for offset in 0..<length {
                let value = values[start + offset]
                before[offset] = offset % window == 0 ? value : min(before[offset - 1], value)
            }
            for offset in (0..<length).reversed() {
                let value = values[start + offset]
                let isEnd = offset % window == window - 1 || offset == length - 1
                after[offset] = isEnd ? value : min(after[offset + 1], value)
            }
            for center in distance..<length - distance {
                minima[start + center] = min(after[center - distance], before[center + distance])
            }
        }
        return minima
    }
}
