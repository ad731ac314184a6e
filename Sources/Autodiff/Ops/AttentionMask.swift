import CKernels
import Tensors

/// Pixels whose bits one task makes.
private let pixelGrain = 2048

/// Which queries attend to which pixels, a bit each, the same in all heads (Mask2Former, equations 1 and 2): a query
/// attends where its mask logit is not below zero; one that would attend to nothing attends to all.
struct AttentionMask: Sendable {
    /// Words of 32 queries in a pixel's row.
    let words: Int
    private let pixels: Int
    /// [B, N, words].
    private let bits: ScratchBuffer<UInt32>

    /// Mask logits [B, N, Q]; `stride` queries have bits, those beyond Q never attend.
    init(_ maskLogits: Tensor, stride: Int) {
        let (images, pixels, queries) = (maskLogits.shape[0], maskLogits.shape[1], maskLogits.shape[2])
        let words = (stride + 31) / 32
        let bits = ScratchBuffer<UInt32>(repeating: 0, count: images * pixels * words)
        let chunks = (pixels + pixelGrain - 1) / pixelGrain
        let attending = ScratchBuffer<UInt32>(repeating: 0, count: images * chunks * words)
        func forEachChunk(_ body: (_ image: Int, _ chunk: Int, _ firstRow: Int, _ rows: Int) -> Void) {
            parallelFor(images * chunks) { chunk in
                let (image, first) = (chunk / chunks, chunk % chunks * pixelGrain)
                body(image, chunk, image * pixels + first, min(pixelGrain, pixels - first))
            }
        }
        forEachChunk { _, chunk, row, rows in
            pk_attention_mask(
                maskLogits.data + row * queries, rows, queries, words, bits.data + row * words,
                attending.data + chunk * words)
        }
        let open = (0..<images * words).map { index -> UInt32 in
            let (image, word) = (index / words, index % words)
            let any = (0..<chunks).reduce(UInt32(0)) { $0 | attending.data[(image * chunks + $1) * words + word] }
            let there = min(32, max(0, queries - word * 32))
            return ~any & UInt32(truncatingIfNeeded: (UInt64(1) << there) - 1)
        }
        if open.contains(where: { $0 != 0 }) {
            open.withUnsafeBufferPointer { open in
                guard let open = open.baseAddress else { return }
                forEachChunk { image, _, row, rows in
                    pk_attention_open(bits.data + row * words, rows, words, open + image * words)
                }
            }
        }
        withExtendedLifetime((maskLogits, attending)) {}
        (self.words, self.pixels, self.bits) = (words, pixels, bits)
    }

    /// The bits from a pixel of an image on.
    func bits(image: Int, pixel: Int) -> UnsafePointer<UInt32> {
        UnsafePointer(bits.data + (image * pixels + pixel) * words)
    }
}
