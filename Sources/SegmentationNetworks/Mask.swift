import Annotations

/// The pixels of a region of a picture.
public struct Mask: Sendable, Equatable {
    private let mask: RunLengthMask

    init(_ mask: RunLengthMask) { self.mask = mask }

    /// Columns of the picture.
    public var width: Int { mask.width }
    /// Rows of the picture.
    public var height: Int { mask.height }
    /// How many pixels are inside.
    public var area: Int { mask.area }

    /// Whether each pixel of the picture is inside, row by row.
    public var pixels: [Bool] { mask.bits }

    /// COCO's uncompressed run lengths: down the columns, outside and inside in turns, outside first.
    public var runLengths: [Int] { mask.counts }

    /// The columns and the rows from the first pixel inside to the last; nil where there is none.
    public var bounds: (columns: ClosedRange<Int>, rows: ClosedRange<Int>)? {
        var (columns, rows): (ClosedRange<Int>?, ClosedRange<Int>?) = (nil, nil)
        func widen(_ range: inout ClosedRange<Int>?, _ value: Int) {
            range = min(range?.lowerBound ?? value, value)...max(range?.upperBound ?? value, value)
        }
        for (pixel, isInside) in pixels.enumerated() where isInside {
            widen(&columns, pixel % width)
            widen(&rows, pixel / width)
        }
        guard let columns, let rows else { return nil }
        return (columns, rows)
    }
}
