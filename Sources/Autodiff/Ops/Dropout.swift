import Kernels
import Tensors

/// Values whose mask comes from one stream.
private let chunkValues = 1 << 14

/// x with each value zeroed with the probability, the others divided by 1 − probability (Srivastava et al.): an image
/// [B, …] has a mask of its own, a function of its key. Saves nothing: dX is dY under the mask, drawn again.
package func dropout(_ x: Variable, probability: Double, keys: [UInt64]) -> Variable {
    precondition(
        x.shape.first == keys.count && (0..<1).contains(probability),
        "dropout: \(keys.count) keys for \(x.shape), probability \(probability)")
    return record(masked(x.value, probability, keys), inputs: [x]) { [masked($0, probability, keys)] }
}

private func masked(_ x: Tensor, _ probability: Double, _ keys: [UInt64]) -> Tensor {
    let y = Tensor(uninitialized: x.shape)
    let count = x.count / max(1, keys.count)
    let chunks = (count + chunkValues - 1) / chunkValues
    let factor = Float(1 / (1 - probability))
    // A number of 32 bits for each value, two from a draw.
    let bound = UInt64(probability * 0x1p32)
    parallelFor(keys.count * chunks) { task in
        let (image, chunk) = (task / chunks, task % chunks)
        var stream = RandomStream(seed: keys[image], chunk, 0)
        var bits: UInt64 = 0
        let first = image * count + chunk * chunkValues
        for offset in 0..<min(chunkValues, count - chunk * chunkValues) {
            bits = offset % 2 == 0 ? stream.next() : bits >> 32
            y.data[first + offset] = bits & 0xffff_ffff < bound ? 0 : x.data[first + offset] * factor
        }
    }
    return y
}
