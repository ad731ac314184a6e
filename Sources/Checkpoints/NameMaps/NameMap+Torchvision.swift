extension NameMap {
    /// torchvision's ResNets (PEM tools/convert-torchvision-to-d2.py). The stem's norm is `stem.conv1.norm`.
    package static let torchvision = NameMap(
        name: "torchvision", summary: "ResNet-50 and others of torchvision, without the classifier",
        network: "a ResNet", signs: ["layer1.0.conv1.weight"], foreignSigns: [moreThanResNet],
        rules: [
            .drop(prefix: "fc."), .dropSuffix(".num_batches_tracked"),
            .prepend("stem.", unlessContains: "layer"),
            .replace("layer1.", with: "res2."), .replace("layer2.", with: "res3."),
            .replace("layer3.", with: "res4."), .replace("layer4.", with: "res5."),
            .replace("bn1.", with: "conv1.norm."), .replace("bn2.", with: "conv2.norm."),
            .replace("bn3.", with: "conv3.norm."), .replace("downsample.0.", with: "shortcut."),
            .replace("downsample.1.", with: "shortcut.norm."), .prependTo([""], "backbone."),
        ])

    /// PIDNet's layers have the same names, and there is one more.
    static let moreThanResNet = "layer5.0.conv1.weight"
}
