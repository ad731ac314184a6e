import Annotations
import Diagnostics

extension FillRule {
    /// Label map `name`: 16×16-pixel cells of at most six classes; 255 is ignored.
    static func target(_ name: String, height: Int, width: Int, classes: Int) -> ImageTargets {
        let (cell, kinds) = (16, min(classes, 6))
        let columns = (width + cell - 1) / cell
        let labels = uniform(name, (height + cell - 1) / cell * columns).map { u -> UInt16 in
            guard u <= 0.95 else { return 255 }
            let kind = Int((u * (Double(kinds) / 0.95)).rounded(.down))
            return UInt16(min(kind * (classes / kinds), classes - 1))
        }
        let map = (0..<height * width).map { labels[$0 / width / cell * columns + $0 % width / cell] }
        return ImageTargets(
            segments: MaskTargets(labels: map, height: height, width: width, ignoreLabel: 255), labels: map,
            boundaries: LabelImage(size: ImageSize(height: height, width: width), values: map)
                .boundaries(ignoreLabel: 255).values)
    }
}
