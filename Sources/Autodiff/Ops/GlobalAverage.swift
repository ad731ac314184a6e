import CKernels
import Kernels
import Tensors

/// The mean over all pixels of an image: [B, H, W, C] -> [B, 1, 1, C].
package func globalAverage(_ x: Tensor) -> Tensor {
    precondition(x.shape.count == 4, "globalAverage: shape \(x.shape) is no image")
    let (images, pixels, channels) = (x.shape[0], x.shape[1] * x.shape[2], x.shape[3])
    let y = Tensor(uninitialized: [images, 1, 1, channels])
    for image in 0..<images {
        let sums = columnSums(x.items(image..<image + 1))
        for channel in 0..<channels {
            y.data[image * channels + channel] = sums.data[channel] / Float(pixels)
        }
        withExtendedLifetime(sums) {}
    }
    return y
}

/// The mean over all pixels of an image: [B, H, W, C] -> [B, 1, 1, C]. Saves nothing; dX spreads dY /
/// (H·W).
package func globalAverage(_ x: Variable) -> Variable {
    let inputShape = x.shape
    return record(globalAverage(x.value), inputs: [x]) { dY in
        let dX = Tensor(uninitialized: inputShape)
        let (pixels, channels) = (inputShape[1] * inputShape[2], inputShape[3])
        let share = 1 / Float(pixels)
        parallelRows(inputShape[0] * pixels, grain: 1024) { range in
            for row in range {
                let (source, target) = (dY.data + row / pixels * channels, dX.data + row * channels)
                for channel in 0..<channels { target[channel] = source[channel] * share }
            }
        }
        return [dX]
    }
}
