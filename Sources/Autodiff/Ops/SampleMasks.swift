// Every mask of an image sampled at points of its own, as the mask losses need it.
import CKernels
import Tensors

/// Pixels that one thread moves at a time between the map and the planes of its masks.
private let pixelGrain = 1024

/// maps [H·W, M], one column a mask, at points [M, P, 2] in [0, 1], (x, y) -> [M, P].
///
/// Bilinear, zero outside, as `gridSample`.
package func sampleMasks(_ maps: Tensor, height: Int, width: Int, points: Tensor) -> Tensor {
    let masks = maps.channels
    precondition(
        maps.count == height * width * masks && points.shape.count == 3 && points.shape[0] == masks
            && points.shape[2] == 2,
        "sampleMasks: points \(points.shape) for maps \(maps.shape) of \(height) × \(width)")
    let count = points.shape[1]
    // A mask's pixels side by side: samples of a column that strides over all masks would miss the cache
    // each time.
    let planes = Tensor(uninitialized: [masks, height * width])
    parallelRows(height * width, grain: pixelGrain) { pixels in
        transpose_rows(maps.data, height * width, masks, pixels.lowerBound, pixels.upperBound, planes.data)
    }
    let y = Tensor(uninitialized: [masks, count])
    parallelFor(masks) { mask in
        grid_sample(
            planes.data + mask * height * width, height, width, 1, points.data + mask * count * 2, count,
            y.data + mask * count)
    }
    return y
}

/// maps [H·W, M], one column a mask, at points [M, P, 2] in [0, 1], (x, y) -> [M, P]. Points get no
/// gradient. Saves the points.
package func sampleMasks(_ maps: Variable, height: Int, width: Int, points: Tensor) -> Variable {
    let shape = maps.shape
    let y = sampleMasks(maps.value, height: height, width: width, points: points)
    return record(y, inputs: [maps]) { dY in
        let (masks, count) = (points.shape[0], points.shape[1])
        let planes = Tensor(zeros: [masks, height * width])
        parallelFor(masks) { mask in
            grid_sample_gradient(
                points.data + mask * count * 2, count, dY.data + mask * count, height, width, 1, 0, height,
                planes.data + mask * height * width)
        }
        let dMaps = Tensor(uninitialized: shape)
        parallelRows(height * width, grain: pixelGrain) { pixels in
            interleave_rows(
                planes.data, height * width, masks, pixels.lowerBound, pixels.upperBound, dMaps.data)
        }
        return [dMaps]
    }
}
