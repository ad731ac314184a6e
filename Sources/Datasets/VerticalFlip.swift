import Images

extension RGBImage {
    /// Top and bottom exchanged.
    func flippedVertically() -> RGBImage {
        RGBImage(width: width, height: height, pixels: reversedRows(pixels, length: width * 3))
    }
}

extension LabelImage {
    /// Top and bottom exchanged.
    func flippedVertically() -> LabelImage {
        LabelImage(width: width, height: height, values: reversedRows(values, length: width))
    }
}

private func reversedRows<Element>(_ source: [Element], length: Int) -> [Element] {
    var rows: [Element] = []
    rows.reserveCapacity(source.count)
    for start in stride(from: source.count - length, through: 0, by: -length) {
        rows.append(contentsOf: source[start..<start + length])
    }
    return rows
}
