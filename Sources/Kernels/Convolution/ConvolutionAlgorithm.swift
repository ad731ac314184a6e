/// How far a 3×3 convolution of stride 1 may be rearranged. Other convolutions are always summed directly.
///
/// Error of one layer of 64 … 512 channels against Double (RMS, relative, normal inputs): direct 4–12·10⁻⁷,
/// F(2×2) 3–7·10⁻⁷, F(4×4) 8–21·10⁻⁷.
package enum ConvolutionAlgorithm: Sendable {
    /// Sums over taps and channels as the definition says.
    case direct
    /// Winograd's F(2×2, 3×3): 2.25 times fewer multiplications, as accurate as direct sums. For training.
    case winograd2
    /// Winograd's F(4×4, 3×3): 4 times fewer multiplications. Evaluation uses it.
    case winograd4

    var tile: Int? {
        switch self {
        case .direct: nil
        case .winograd2: 2
        case .winograd4: 4
        }
    }
}
