import Autodiff

/// The feature maps of a backbone, fine to coarse: res2 (stride 4), res3 (8), res4 (16), res5 (32), each [B, H, W, C].
package struct FeatureMaps {
    /// res2 … res5.
    package let levels: [Variable]

    /// Four maps, fine to coarse.
    package init(levels: [Variable]) {
        precondition(levels.count == 4, "feature maps: \(levels.count) levels, expected 4")
        self.levels = levels
    }
}

/// What a pixel decoder makes of the feature maps.
package struct PixelDecoderOutput {
    /// Per-pixel embeddings [B, H/4, W/4, mask dimension].
    package let maskFeatures: Variable
    /// Features for the transformer decoder, coarse to fine (1/32, 1/16, 1/8), each [B, H, W, C].
    package let multiScale: [Variable]

    /// The two results.
    package init(maskFeatures: Variable, multiScale: [Variable]) {
        self.maskFeatures = maskFeatures
        self.multiScale = multiScale
    }
}
