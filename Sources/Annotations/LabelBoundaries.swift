extension LabelImage {
    /// Pixels at every side of the image that are no boundary.
    private static let margin = 6
    /// The rows and columns that a pixel of an edge marks, counted from its own.
    private static let reach = -1...2

    /// 1 on boundaries between classes, 0 elsewhere, as PIDNet's targets have them (base_dataset.py): the edges of the
    /// label map, without those near its sides, dilated by 4 × 4 pixels. Borders of ignored areas are boundaries;
    /// `ignoreLabel` counts as 255, as in the official labels, where classes leave that number free.
    package func boundaries(ignoreLabel: Int) -> LabelImage {
        let map = LabelEdges(
            height: height, width: width,
            values: ignoreLabel < 255 ? values.map { Int($0) == ignoreLabel ? 255 : Int32($0) } : values.map(Int32.init)
        )
        var result = [UInt16](repeating: 0, count: size.area)
        for y in 0..<height where y >= Self.margin && y < height - Self.margin {
            for x in 0..<width where x >= Self.margin && x < width - Self.margin && map.isEdge(y, x) {
                for row in y + Self.reach.lowerBound...min(y + Self.reach.upperBound, height - 1) {
                    for column in x + Self.reach.lowerBound...min(x + Self.reach.upperBound, width - 1) {
                        result[row * width + column] = 1
                    }
                }
            }
        }
        return LabelImage(size: size, values: result)
    }
}
