import Kernels

/// How a linear map runs in a pass that records no graph: its kernel goes on to do what follows the map, reads some
/// channels of its input alone, and writes where the result belongs. An op that is given one saves nothing.
package struct Fusion {
    /// What follows the sums.
    package var epilogue: Epilogue
    /// The channels of x that are the input; nil for all.
    package var channels: Range<Int>?
    /// A wider map and the first of its channels that become the result; nil for a map of its own.
    package var into: ChannelSlice?

    /// An epilogue, and where to read and write.
    package init(_ epilogue: Epilogue, channels: Range<Int>? = nil, into: ChannelSlice? = nil) {
        self.epilogue = epilogue
        self.channels = channels
        self.into = into
    }
}
