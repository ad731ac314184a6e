import Annotations
import Images

/// By whose arithmetic images are resized (INPUT.RESAMPLING).
package enum Resampling: Sendable, Equatable {
    /// detectron2's: Pillow's bilinear filter, and the rules that its mappers have for labels.
    case pillow
    /// mmsegmentation's and PIDNet's: OpenCV's INTER_LINEAR and INTER_NEAREST.
    case openCV

    /// The resized image; with a `region`, only that part of it.
    package func resized(_ image: Image<UInt8>, to target: ImageSize, region: PixelRegion? = nil) -> Image<UInt8> {
        switch self {
        case .pillow: image.resized(to: target, region: region)
        case .openCV: image.resizedAsOpenCV(to: target, region: region)
        }
    }

    /// Which pixel of a map of numbers is the nearest, where detectron2's mapper takes `rule`.
    func nearest(_ rule: NearestRule) -> NearestRule { self == .openCV ? .openCV : rule }
}
