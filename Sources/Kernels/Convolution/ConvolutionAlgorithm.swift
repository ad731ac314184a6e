/// How far a convolution of 2×2 or 3×3 taps and stride 1 may be rearranged, or one of twice as many and stride 2, which
/// is four of those. Other convolutions are always summed directly.
///
/// Error of one layer of 64 … 512 channels against Double (RMS, relative, normal inputs), in 10⁻⁷:
///
/// | | 3×3 | 4×4 of stride 2 | its transpose |
/// |---|---|---|---|
/// | direct | 4–12 | 3 | 3 |
/// | four points | 3–7 | 5 | 3–5 |
/// | six points | 8–21 | 16 | 9–16 |
package enum ConvolutionAlgorithm: Sendable {
    /// Sums over taps and channels as the definition says.
    case direct
    /// Winograd's F(2×2, 3×3) and F(3×3, 2×2), from four points in each direction: 2.25 times fewer multiplications,
    /// about as accurate as direct sums. For training.
    case winograd2
    /// Winograd's F(4×4, 3×3) and F(5×5, 2×2), from six points in each direction: 4 and 2.8 times fewer
    /// multiplications; of stride 2, small images take four. Evaluation uses it.
    case winograd4

    /// The points of a tile in one direction.
    var points: Int? {
        switch self {
        case .direct: nil
        case .winograd2: 4
        case .winograd4: 6
        }
    }
}
