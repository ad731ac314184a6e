import Autodiff
import Kernels
import Tensors

/// Maps [B, H, W, C₁], [B, H, W, C₂], … that are made one after the other and joined along the channels. A pass that
/// records a graph joins copies; another writes each where it belongs, and the next reads it from there.
package struct JoinedMaps {
    /// A map, or some channels of it.
    package struct Slice {
        /// The map.
        package let map: Variable
        /// Those meant; nil for all.
        package let channels: Range<Int>?

        /// Some channels of a map, or all.
        package init(map: Variable, channels: Range<Int>? = nil) {
            self.map = map
            self.channels = channels
        }
    }

    private let target: Tensor?
    private var parts: [Variable] = []
    private var width = 0

    /// No map yet; the whole will be [B, H, W, C₁ + C₂ + …].
    package init(_ shape: [Int], _ context: ForwardContext) {
        target = context.recordsGradients ? nil : Tensor(uninitialized: shape)
    }

    /// Appends the map of so many channels that `make` makes: a map of its own, or `into` a wider one.
    package mutating func append(_ channels: Int, _ make: (_ into: ChannelSlice?) -> Variable) -> Slice {
        defer { width += channels }
        let map = make(target.map { ($0, width) })
        parts.append(map)
        return Slice(map: map, channels: target.map { _ in width..<width + channels })
    }

    /// All maps.
    package var joined: Variable { target.map { Variable($0) } ?? concatenate(parts) }
}
