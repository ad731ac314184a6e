extension NameMap {
    /// MSRA's ResNets as Caffe2 and Detectron name them (detectron2's convert_basic_c2_names, backbone
    /// part). Their norms have no running statistics.
    package static let caffe2 = NameMap(
        name: "caffe2", summary: "MSRA's ResNets under Caffe2's names (ImageNetPretrained/MSRA/R-50.pkl)",
        signs: ["conv1_w", "res2_0_branch2a_w"],
        rules: [
            .dropSuffix("_momentum"), .drop(prefix: "fc1000"), .drop(prefix: "pred_"),
            .replace("_", with: "."),
            .replaceSuffix(".b", with: ".bias"), .replaceSuffix(".w", with: ".weight"),
            .replaceSuffix("bn.s", with: "norm.weight"), .replaceSuffix("bn.bias", with: "norm.bias"),
            .replaceSuffix("bn.rm", with: "norm.running_mean"),
            .replaceSuffix("bn.riv", with: "norm.running_var"),
            .replaceSuffix("bn.running.mean", with: "norm.running_mean"),
            .replaceSuffix("bn.running.var", with: "norm.running_var"),
            .replaceSuffix("bn.gamma", with: "norm.weight"), .replaceSuffix("bn.beta", with: "norm.bias"),
            .replacePrefix("res.conv1.norm.", with: "conv1.norm."),
            .replacePrefix("conv1.", with: "stem.conv1."),
            .replace(".branch1.", with: ".shortcut."), .replace(".branch2a.", with: ".conv1."),
            .replace(".branch2b.", with: ".conv2."), .replace(".branch2c.", with: ".conv3."),
            .prependTo([""], "backbone."),
        ])
}
