import Kernels
import Tensors

/// Values of an image that are taken together.
private let grain = 1 << 14

/// x with each value zeroed with the probability, the others divided by 1 − probability (Srivastava et al.): an image
/// [B, …] has a mask of its own, a function of its key. Saves nothing: dX is dY under the mask, drawn again.
package func dropout(_ x: Variable, _ mask: DropoutMask) -> Variable {
    precondition(x.shape.first == mask.images, "dropout: \(mask.images) keys for \(x.shape)")
    return record(masked(x.value, mask), inputs: [x]) { [masked($0, mask)] }
}

private func masked(_ x: Tensor, _ mask: DropoutMask) -> Tensor {
    let y = Tensor(uninitialized: x.shape)
    let count = x.count / max(1, mask.images)
    let chunks = (count + grain - 1) / grain
    parallelFor(mask.images * chunks) { task in
        let (image, start) = (task / chunks, task % chunks * grain)
        let first = image * count + start
        mask.apply(image: image, start..<min(start + grain, count), to: x.data + first, into: y.data + first)
    }
    return y
}

/// Which values of the images [B, …] a dropout zeroes. Any part of it can be drawn by itself, any number of times.
package struct DropoutMask: Sendable {
    private let keys: [UInt64]
    private let bound: UInt64
    private let factor: Float

    /// A key for each image.
    package init(probability: Double, keys: [UInt64]) {
        precondition((0..<1).contains(probability), "dropout: probability \(probability)")
        self.keys = keys
        bound = UInt64(probability * 0x1p32)
        factor = Float(1 / (1 - probability))
    }

    /// The number of images.
    var images: Int { keys.count }

    /// Writes `values` of an image under the mask; `x` and `y`, which may be one, begin with the first of them.
    func apply(
        image: Int, _ values: Range<Int>, to x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        // A number of 32 bits for each value, two from a draw.
        var stream = RandomStream(seed: keys[image], 0, 0)
        stream.skip(values.lowerBound / 2)
        var bits = values.lowerBound % 2 == 0 ? 0 : stream.next()
        for (place, value) in values.enumerated() {
            bits = value % 2 == 0 ? stream.next() : bits >> 32
            y[place] = bits & 0xffff_ffff < bound ? 0 : x[place] * factor
        }
    }
}
