extension NameMap {
    /// PIDNet's trained files: what FullModel holds, the network under `model.` and the weights of its losses.
    package static let pidNet = NameMap(
        name: "pidnet", summary: "PIDNet's trained weights", network: "PIDNet",
        signs: ["model.final_layer.conv2.weight"],
        rules: [
            .dropSuffix(".num_batches_tracked"), .drop(prefix: "sem_loss."), .drop(prefix: "bd_loss."),
            .drop(prefix: "loss."), .replacePrefix("model.", with: ""),
        ])

    /// PIDNet's ImageNet files: the official loader takes what fits of them.
    package static let pidNetPretrained = NameMap(
        name: "pidnet-imagenet", summary: "PIDNet's ImageNet weights, which lack boundaries and heads",
        network: "PIDNet", signs: [moreThanResNet], foreignSigns: ["final_layer.conv2.weight"],
        rules: [.dropSuffix(".num_batches_tracked")], isPart: true)

    /// mmsegmentation's PIDNet (mmseg/models/backbones/pidnet.py, decode_heads/pid_head.py). Its stem has no bias.
    package static let pidNetMMSegmentation = NameMap(
        name: "mmseg-pidnet", summary: "mmsegmentation's PIDNet", signs: [mmSegmentationHead],
        rules: mmSegmentationRules, absentBiases: stemBiases)

    /// mmsegmentation's PIDNet for ImageNet, of which it takes what fits.
    package static let pidNetMMSegmentationPretrained = NameMap(
        name: "mmseg-pidnet-imagenet", summary: "mmsegmentation's ImageNet weights of PIDNet",
        signs: ["", "backbone."].map { $0 + "i_branch_layers.0.0.conv1.conv.weight" },
        foreignSigns: [mmSegmentationHead], rules: mmSegmentationRules, isPart: true, absentBiases: stemBiases)

    private static let mmSegmentationHead = "decode_head.i_head.conv.conv.weight"
    private static let stemBiases = ["conv1.0.bias", "conv1.3.bias"]

    private static var mmSegmentationRules: [Rule] {
        let modules = stem + branches + fusion + pooling + heads
        let blocks: [Pair] =
            (1...3).flatMap { [(".conv\($0).conv.", ".conv\($0)."), (".conv\($0).bn.", ".bn\($0).")] }
            + [(".downsample.conv.", ".downsample.0."), (".downsample.bn.", ".downsample.1.")]
        return [.dropSuffix(".num_batches_tracked"), .replacePrefix("backbone.", with: "")]
            + modules.map { .replacePrefix($0 + ".", with: $1 + ".") } + blocks.map { .replace($0, with: $1) }
    }

    /// What mmsegmentation calls a module, and its official name.
    private typealias Pair = (String, String)

    private static var stem: [Pair] {
        normed([("stem.0", "conv1")], convolution: 0, norm: 1) + normed([("stem.1", "conv1")], convolution: 3, norm: 4)
            + [("stem.2", "layer1"), ("stem.4", "layer2")]
    }

    private static var branches: [Pair] {
        [("i", ""), ("p", "_"), ("d", "_d")].flatMap { branch, suffix in
            (0..<3).map { ("\(branch)_branch_layers.\($0)", "layer\($0 + 3)\(suffix)") }
        }
    }

    private static var fusion: [Pair] {
        let levels: [Pair] = [1, 2].flatMap { level -> [Pair] in
            [
                ("compression_\(level)", "compression\(level + 2)"), ("diff_\(level)", "diff\(level + 2)"),
                ("pag_\(level).f_p", "pag\(level + 2).f_x"), ("pag_\(level).f_i", "pag\(level + 2).f_y"),
            ]
        }
        return normed(levels + [("dfm.f_p", "dfm.conv_p"), ("dfm.f_i", "dfm.conv_i")], convolution: 0, norm: 1)
            + normed([("dfm.conv", "dfm.conv")], convolution: 2, norm: 0)
    }

    private static var pooling: [Pair] {
        let processes: [Pair] = (0..<4).map { ("spp.processes.\($0)", "spp.process\($0 + 1)") }
        let others: [Pair] = [
            ("spp.scales.0", "spp.scale0"), ("spp.processes", "spp.scale_process"),
            ("spp.compression", "spp.compression"), ("spp.shortcut", "spp.shortcut"),
        ]
        return normed(processes + others, convolution: 2, norm: 0)
            + normed((1...4).map { ("spp.scales.\($0).1", "spp.scale\($0)") }, convolution: 3, norm: 1)
    }

    private static var heads: [Pair] {
        [
            ("i", "conv_seg", "final_layer"), ("p", "p_cls_seg", "seghead_p"), ("d", "d_cls_seg", "seghead_d"),
        ].flatMap { branch, classifier, head -> [Pair] in
            let module = "decode_head.\(branch)_head."
            return [
                (module + "conv.conv", head + ".conv1"), (module + "conv.bn", head + ".bn1"),
                (module + "norm", head + ".bn2"),
                ("decode_head." + classifier, head + ".conv2"),
            ]
        }
    }

    /// The names of convolutions and their norms, which come in either order.
    private static func normed(_ modules: [Pair], convolution: Int, norm: Int) -> [Pair] {
        modules.flatMap { [("\($0).conv", "\($1).\(convolution)"), ("\($0).bn", "\($1).\(norm)")] }
    }
}
