import Annotations
import Autodiff
import CKernels
import Kernels
import Networks
import Tensors

/// What the sum over pixels that count is divided by.
package enum PixelDivisor: Sendable, Equatable {
    /// Their number (torch's cross_entropy with ignore_index).
    case counted
    /// The number of all pixels of the canvas, ignored ones included (mmsegmentation's CrossEntropyLoss).
    case all
}

/// weight · the mean cross-entropy over the pixels of a batch: logits [B, h, w, K], enlarged to the canvas, and labels
/// of each image, which lies at its upper left -> one value. Pixels beyond the image and ignored ones do not count;
/// where none does the loss is 0, and so are its gradients. Each pixel's loss is multiplied by the weight of its class
/// where `classWeights` [K] are given; the mean is not divided by them.
///
/// Saves the gradient, of the logits' size: it is linear in the loss's, and so is made with the loss, while a pixel's
/// probabilities are at hand. What is as large as the canvas exists one pixel at a time. `bandRows` rows of the logits
/// are one task; it changes no bit.
package func pixelLoss(
    _ logits: Variable, labels: [PixelLabels], canvas: ImageSize, enlargement: MapEnlargement, weight: Float,
    divisor: PixelDivisor = .counted, classWeights: [Float]? = nil, bandRows: Int = 16
) -> Variable {
    let shape = logits.shape
    precondition(
        shape.count == 4 && shape[0] == labels.count && classWeights?.count ?? shape[3] == shape[3],
        "pixelLoss: logits \(shape) for \(labels.count) label maps, \(classWeights?.count ?? 0) class weights")
    let rows = enlargement.axis(shape[1], input: canvas.height)
    let columns = enlargement.axis(shape[2], input: canvas.width)
    precondition(
        rows.view.output >= canvas.height && columns.view.output >= canvas.width,
        "pixelLoss: logits \(shape), enlarged by \(enlargement), on a canvas of \(canvas)")
    precondition(
        labels.allSatisfy { $0.size.height <= canvas.height && $0.size.width <= canvas.width },
        "pixelLoss: label maps of \(labels.map(\.size)) on a canvas of \(canvas)")
    let gradient = logits.needsGradient ? Tensor(zeros: shape) : nil
    let sums = labels.enumerated().map { image, labels in
        pixelLossSum(
            logits.value.item(image), labels, rows, columns, classWeights, gradient: gradient?.item(image),
            bandRows: bandRows)
    }
    let count =
        switch divisor {
        case .counted: labels.reduce(0) { $0 + $1.count }
        case .all: labels.count * canvas.area
        }
    let factor = count > 0 ? Double(weight) / Double(count) : 0
    return record(Tensor([Float(factor * ImageTree.sum(sums))], shape: [1]), inputs: [logits]) { dLoss in
        guard let gradient else { return [nil] }
        let dLogits = Tensor(uninitialized: shape)
        let scale = Float(Double(dLoss.scalar) * factor)
        parallelRows(gradient.count, grain: 1 << 15) { range in
            for i in range { dLogits.data[i] = scale * gradient.data[i] }
        }
        return [dLogits]
    }
}

/// The sum of the cross-entropies of one image's pixels, logits [h, w, K]; adds their gradient to `gradient`.
private func pixelLossSum(
    _ logits: Tensor, _ labels: PixelLabels, _ rows: ResizeAxis, _ columns: ResizeAxis, _ classWeights: [Float]?,
    gradient: Tensor?, bandRows: Int
) -> Double {
    let sums = ScratchBuffer(repeating: 0.0, count: rows.view.output)
    parallelRows(logits.shape[0], grain: bandRows) { band in
        labels.withPixels(logits, rows, columns, classWeights) { pixels, scratch in
            for row in rows.readers(of: band) {
                let sum = pk_pixel_loss(pixels, row, band.lowerBound, band.upperBound, scratch, gradient?.data)
                // Two bands read what lies between them; the upper one counts it.
                if band.contains(Int(rows.view.lower[row])) { sums.data[row] = sum }
            }
        }
    }
    return (0..<sums.count).reduce(0) { $0 + sums.data[$1] }
}

extension PixelLabels {
    /// Calls `body` with the kernel's view of these labels and of logits [h, w, K], and with its scratch.
    func withPixels(
        _ logits: Tensor, _ rows: ResizeAxis, _ columns: ResizeAxis, _ classWeights: [Float]? = nil,
        _ body: (UnsafePointer<pk_pixels>, _ scratch: UnsafeMutablePointer<Float>) -> Void
    ) {
        let weights = classWeights.map { Tensor($0, shape: [$0.count]) }
        withUnsafePointer(to: rows.view) { rows in
            withUnsafePointer(to: columns.view) { columns in
                labels.withUnsafeBufferPointer { map in
                    var pixels = pk_pixels(
                        logits: logits.data, classes: logits.channels, rows: rows, columns: columns,
                        labels: map.baseAddress, height: size.height, width: size.width, ignored: Int32(ignored),
                        class_weights: weights.map { UnsafePointer($0.data) })
                    let scratch = Tensor(uninitialized: [pk_pixel_loss_scratch(&pixels)])
                    body(&pixels, scratch.data)
                    withExtendedLifetime((scratch, weights)) {}
                }
            }
        }
    }
}
