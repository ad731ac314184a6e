import Annotations
import Images

/// Windows that cover an image (TEST.SLIDE), by the rule of mmsegmentation's `slide_inference`: a window every
/// stride, the last of a row or column moved back inside the image; an image smaller than a window is one window.
package struct SlidingWindows {
    /// Where windows begin and end along the image.
    let rows, columns: [Range<Int>]

    /// The windows of an image of this size.
    package init(_ slide: InferenceConfiguration.Slide, _ image: ImageSize) {
        rows = Self.ranges(image.height, window: slide.window[0], stride: slide.stride[0])
        columns = Self.ranges(image.width, window: slide.window[1], stride: slide.stride[1])
    }

    /// The windows, row by row.
    package var regions: [PixelRegion] {
        rows.flatMap { row in
            columns.map {
                PixelRegion(x: $0.lowerBound, y: row.lowerBound, width: $0.count, height: row.count)
            }
        }
    }

    private static func ranges(_ length: Int, window: Int, stride: Int) -> [Range<Int>] {
        let count = max(length - window + stride - 1, 0) / stride + 1
        return (0..<count).map { index in
            let end = min(index * stride + window, length)
            return max(end - window, 0)..<end
        }
    }
}
