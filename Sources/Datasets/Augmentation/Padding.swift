/// What training images that are too small get on the right and below (INPUT.PADDING); labels get the ignore label.
package enum Padding: Sendable, Equatable {
    /// 128 in every channel (detectron2, PEM).
    case grey
    /// 0 in every channel, before normalisation (PIDNet).
    case black
    /// 0 after normalisation (mmsegmentation). No byte is that, so that the picture stays small, and its place in the
    /// batch is as large as its labels.
    case mean

    /// Nil: the picture is not padded.
    var level: UInt8? {
        switch self {
        case .grey: 128
        case .black: 0
        case .mean: nil
        }
    }
}
