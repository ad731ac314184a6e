extension NameMap {
    /// timm's ResNets, whose names are torchvision's.
    package static let timmResNet = NameMap(
        name: "timm", summary: "ResNets, Swin Transformers and SwiftFormers of timm, without the classifier",
        signs: ["layer1.0.conv1.weight"], foreignSigns: [moreThanResNet], rules: torchvision.rules)

    /// timm's Swin Transformers since 0.9: downsampling stands at the start of a stage, not at the end of the
    /// one before.
    package static let timmSwin = NameMap(
        name: "timm", summary: timmResNet.summary, signs: ["layers.3.downsample.reduction.weight"],
        rules: (0..<3).map { .replacePrefix("layers.\($0 + 1).downsample.", with: "layers.\($0).downsample.") }
            + swinRules)

    /// timm's Swin Transformers before 0.9, whose names are the official ones.
    package static let timmEarlySwin = NameMap(
        name: "timm", summary: timmResNet.summary, signs: swin.signs, rules: swinRules)
}
