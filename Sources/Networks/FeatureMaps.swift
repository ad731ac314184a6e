import Autodiff

/// What is known of a feature map before there is an image.
package struct FeatureShape: Sendable, Equatable {
    /// Such as "res2".
    package let name: String
    /// Pixels of the input from one pixel of the map to the next.
    package let stride: Int
    /// Size of the last axis.
    package let channels: Int

    /// The map of this name.
    package init(name: String, stride: Int, channels: Int) {
        self.name = name
        self.stride = stride
        self.channels = channels
    }
}

/// Named feature maps in order, each [B, H, W, C].
package struct FeatureMaps {
    /// Their names.
    package let names: [String]
    /// The maps, in the order of the names.
    package let maps: [Variable]

    /// The maps with the names that `shapes` give them.
    package init(_ shapes: [FeatureShape], _ maps: [Variable]) {
        precondition(
            shapes.map(\.channels) == maps.map { $0.value.channels },
            "feature maps: \(maps.map(\.shape)) for \(shapes)")
        names = shapes.map(\.name)
        self.maps = maps
    }
}
