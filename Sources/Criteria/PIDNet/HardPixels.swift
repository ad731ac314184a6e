// Online hard example mining (PIDNet criterion.py, OhemCrossEntropy).
import Annotations
import CKernels
import Kernels
import Networks
import Tensors

/// Which pixels are hard: those whose own class has a probability below a limit, which is `threshold`, or more where
/// fewer than `kept` pixels lie below that.
package struct HardPixels: Sendable, Equatable {
    /// OHEM_THRESHOLD.
    package var threshold: Float = 0.9
    /// OHEM_KEEP: about how many pixels of the batch count at least, where it has so many.
    package var kept = 131_072

    /// PIDNet's on Cityscapes.
    package init() {}

    /// `labels` in which hard pixels alone count, by the probabilities of their classes ([H · W] of each image, above 1
    /// where a pixel does not count). The limit is max(p[min(kept, N − 1)], threshold), p the probabilities of the
    /// batch's N pixels in ascending order.
    func chosen(of labels: [PixelLabels], _ probabilities: [Tensor]) -> [PixelLabels] {
        let (count, below) = counts(probabilities)
        guard count > 0 else { return labels.map { $0.keeping { _ in false } } }
        let rank = min(kept, count - 1)
        // Pixels need not be ranked where enough lie below the threshold.
        let limit = below > rank ? threshold : max(Self.value(ranked: rank, in: probabilities), threshold)
        // What is no number stays, so that the loss is none either.
        return zip(labels, probabilities).map { labels, plane in
            labels.keeping { !(plane.data[$0] >= limit) }
        }
    }

    /// How many pixels count, and how many of them lie below the threshold.
    private func counts(_ probabilities: [Tensor]) -> (all: Int, below: Int) {
        let lines = probabilities.flatMap { plane in
            parallelMap(plane.shape[0]) { row in
                let (line, width) = (plane.data + row * plane.shape[1], plane.shape[1])
                var (all, below) = (0, 0)
                for column in 0..<width {
                    all += line[column] > 1 ? 0 : 1
                    below += line[column] < threshold ? 1 : 0
                }
                return (all, below)
            }
        }
        return lines.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
    }

    /// The value that `rank` others of the planes precede in ascending order; all are 0 or more.
    static func value(ranked rank: Int, in planes: [Tensor]) -> Float {
        // The bits of such numbers grow with them: their upper half first, then the lower.
        let (upper, rest) = digit(ranked: rank, in: planes) { Int($0 >> 16) }
        let (lower, _) = digit(ranked: rest, in: planes) { Int($0 >> 16) == upper ? Int($0 & 0xffff) : nil }
        return Float(bitPattern: UInt32(upper) << 16 | UInt32(lower))
    }

    /// The 16-bit digit of the value of this rank, and the value's rank among those with the same digit.
    private static func digit(
        ranked rank: Int, in planes: [Tensor], _ digit: (UInt32) -> Int?
    ) -> (digit: Int, rank: Int) {
        var counts = [Int](repeating: 0, count: 1 << 16)
        for plane in planes {
            for index in 0..<plane.count {
                if let digit = digit(plane.data[index].bitPattern) { counts[digit] += 1 }
            }
        }
        var rank = rank
        let found = counts.firstIndex { count in
            defer { if count <= rank { rank -= count } }
            return count > rank
        }
        return (found ?? 0, rank)
    }
}

/// The probability that logits [B, h, w, K], enlarged to the canvas, give the class of each pixel: [H · W] of each
/// image; 2 where it does not count.
func classProbabilities(
    _ logits: Tensor, labels: [PixelLabels], canvas: ImageSize, enlargement: MapEnlargement
) -> [Tensor] {
    let rows = enlargement.axis(logits.shape[1], input: canvas.height)
    let columns = enlargement.axis(logits.shape[2], input: canvas.width)
    return labels.enumerated().map { image, labels in
        let (logits, plane) = (logits.item(image), Tensor(uninitialized: [labels.size.height, labels.size.width]))
        parallelRows(labels.size.height, grain: 32) { range in
            labels.withPixels(logits, rows, columns) { pixels, scratch in
                for row in range { pk_pixel_probabilities(pixels, row, scratch, plane.data + row * labels.size.width) }
            }
        }
        return plane
    }
}
