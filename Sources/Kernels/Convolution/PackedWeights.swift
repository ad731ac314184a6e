import Synchronization

/// The forms of a weight, made when convolutions first want them and kept for as long as it stays as it is. Several
/// threads may ask at once.
package final class PackedWeights: Sendable {
    struct Key: Hashable {
        /// Of Winograd's algorithm; nil for direct sums.
        let points: Int?
        let isTransposed: Bool
        let geometry: ConvolutionGeometry
    }

    let forms = Mutex<[Key: ConvolutionForm]>([:])

    /// None yet.
    package init() {}

    /// Whether nothing has been packed.
    package var isEmpty: Bool { forms.withLock(\.isEmpty) }
}
