import Annotations
import Images

/// Mirroring, with a probability of one half (INPUT.RANDOM_FLIP).
package enum Flip: Sendable, Equatable {
    case none, horizontal, vertical

    /// Draws whether an image is mirrored; nothing is drawn for `none`.
    func drawn(_ random: inout SampleRandom) -> Flip {
        self != .none && random.nextBool() ? self : .none
    }

    /// The mirrored image.
    func apply<Sample>(to image: Image<Sample>) -> Image<Sample> {
        switch self {
        case .none: image
        case .horizontal: image.flippedHorizontally()
        case .vertical: image.flippedVertically()
        }
    }

    /// A polygon x0, y0, x1, y1, … of an image of the size `image`, mirrored with it.
    func apply(to polygon: [Double], in image: ImageSize) -> [Double] {
        switch self {
        case .none: polygon
        case .horizontal: polygon.enumerated().map { $0 % 2 == 0 ? Double(image.width) - $1 : $1 }
        case .vertical: polygon.enumerated().map { $0 % 2 == 1 ? Double(image.height) - $1 : $1 }
        }
    }
}
