import Kernels

/// How a map of logits is enlarged, bilinearly, until its pixels are those of the network's input.
package enum MapEnlargement: Sendable, Equatable {
    /// So many times, which may lead beyond the input (MaskFormer's per-pixel baselines).
    case stride(Int)
    /// To the size of the input, align_corners false (mmsegmentation).
    case input
    /// To the size of the input, align_corners true (PIDNet).
    case inputAlignedCorners

    /// How an axis of `length` logits is enlarged for one of `input` pixels.
    package func axis(_ length: Int, input: Int) -> ResizeAxis {
        switch self {
        case .stride(let stride): ResizeAxis(input: length, output: length * stride)
        case .input: ResizeAxis(input: length, output: input)
        case .inputAlignedCorners: ResizeAxis(input: length, output: input, .alignedCorners)
        }
    }
}
