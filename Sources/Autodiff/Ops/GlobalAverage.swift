import Kernels
import Tensors

/// The mean over all pixels of an image: [B, H, W, C] -> [B, 1, 1, C]. Saves nothing; dX spreads dY / (H·W).
package func globalAverage(_ x: Variable) -> Variable {
    let shape = x.shape
    precondition(shape.count == 4, "globalAverage: shape \(shape) is no image")
    let (images, pixels, channels) = (shape[0], shape[1] * shape[2], shape[3])
    let y = Tensor(uninitialized: [images, 1, 1, channels])
    for image in 0..<images {
        let sums = columnSums(x.value.items(image..<image + 1))
        for channel in 0..<channels { y.data[image * channels + channel] = sums.data[channel] / Float(pixels) }
        withExtendedLifetime(sums) {}
    }
    return record(y, inputs: [x]) { dY in
        let dX = Tensor(uninitialized: shape)
        let share = 1 / Float(pixels)
        parallelRows(images * pixels, grain: 1024) { range in
            for row in range {
                let (source, target) = (dY.data + row / pixels * channels, dX.data + row * channels)
                for channel in 0..<channels { target[channel] = source[channel] * share }
            }
        }
        return [dX]
    }
}
