import Annotations
import CKernels
import Kernels
import Tensors

/// A small map (mask logits, class scores) seen at any larger size, a row of pixels at a time: the large map is never
/// held.
package struct MapResampler {
    /// Pixels that are handled together: their values stay in the cache.
    package static let span = 64

    private let map: Tensor
    private let rows: ResizeTaps
    private let columns: ResizeTaps

    /// A map [h, w, C], and how its rows and columns are resized.
    package init(_ map: Tensor, rows: ResizeTaps, columns: ResizeTaps) {
        precondition(map.shape.count == 3, "map resampler: shape \(map.shape)")
        self.map = map
        self.rows = rows
        self.columns = columns
    }

    /// A map [h, w, C] of any stride: enlarged, cropped to the image and, where `resizesToOutput`, resized to the
    /// output.
    package init(
        _ map: Tensor, _ request: InferenceRequest, _ enlargement: MapEnlargement = .input, resizesToOutput: Bool
    ) {
        func taps(_ axis: Int, _ length: KeyPath<ImageSize, Int>) -> ResizeTaps {
            let (image, output) = (request.image[keyPath: length], request.output[keyPath: length])
            let enlarged = enlargement.axis(map.shape[axis], input: request.input[keyPath: length])
            let cropped = ResizeTaps(enlarged).prefix(image)
            guard resizesToOutput, image != output else { return cropped }
            return cropped.followed(by: ResizeTaps(bilinear: image, to: output))
        }
        self.init(map, rows: taps(0, \.height), columns: taps(1, \.width))
    }

    /// Size of the last axis: masks or classes.
    package var channels: Int { map.shape[2] }
    /// Size of the result.
    package var size: ImageSize { ImageSize(height: rows.count, width: columns.count) }
    /// Floats that `combineRow` writes.
    package var rowCount: Int { map.shape[1] * channels }

    /// Output row `y` before its columns are resized: [w, C], written to `row`.
    package func combineRow(_ y: Int, into row: UnsafeMutablePointer<Float>) {
        rows.combineRow(y, of: map.data, rowCount: rowCount, into: row)
    }

    /// The sigmoid of the output pixels in `range` of the row in `row`: [pixels, C].
    package func probabilities(
        of row: UnsafePointer<Float>, _ range: Range<Int>, into result: UnsafeMutablePointer<Float>
    ) {
        columns.resample(row, range, channels: channels, into: result, pk_resample_sigmoid)
    }

    /// The output pixels in `range` of the row in `row`: [pixels, C].
    package func values(of row: UnsafePointer<Float>, _ range: Range<Int>, into result: UnsafeMutablePointer<Float>) {
        columns.resample(row, range, channels: channels, into: result, pk_resample_columns)
    }
}
