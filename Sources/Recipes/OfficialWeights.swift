import Foundation

/// A file of ImageNet weights as official configurations name it: an address, or the name of a file that is had from
/// elsewhere. It may lie in `Checkpoints` under the same name.
struct OfficialWeights {
    /// The name without its extension, as in `Checkpoints`.
    private let name: String
    /// What to get.
    private let source: String

    /// Names that are no addresses, each with what to get.
    private static let sources = [
        "R-50.pkl": zoo + "ImageNetPretrained/torchvision/R-50.pkl",
        "R-101.pkl": zoo + "ImageNetPretrained/torchvision/R-101.pkl",
        "STDC1.pkl": "STDCNet813M_73.91.tar" + stdc, "STDCNet813M_73.91.tar": "STDCNet813M_73.91.tar" + stdc,
        "STDC2.pkl": "STDCNet1446_76.47.tar" + stdc, "STDCNet1446_76.47.tar": "STDCNet1446_76.47.tar" + stdc,
        "swin_tiny_patch4_window7_224.pkl": swin + "swin_tiny_patch4_window7_224.pth",
        "swin_small_patch4_window7_224.pkl": swin + "swin_small_patch4_window7_224.pth",
        "swin_base_patch4_window12_384.pkl": swin + "swin_base_patch4_window12_384.pth",
        "swin_base_patch4_window12_384_22k.pkl": swin + "swin_base_patch4_window12_384_22k.pth",
        "swin_large_patch4_window12_384_22k.pkl": swin + "swin_large_patch4_window12_384_22k.pth",
        "swiftformer_xs.dist_in1k.safetensors": timm + "swiftformer_xs" + timmFile,
        "swiftformer_s.dist_in1k.safetensors": timm + "swiftformer_s" + timmFile,
        "swiftformer_l1.dist_in1k.safetensors": timm + "swiftformer_l1" + timmFile,
        "swiftformer_l3.dist_in1k.safetensors": timm + "swiftformer_l3" + timmFile,
        "mit_b0.pth": "mit_b0.pth" + segFormer,
        "mit_b1.pth": "mit_b1.pth" + segFormer,
        "mit_b2.pth": "mit_b2.pth" + segFormer,
        "mit_b3.pth": "mit_b3.pth" + segFormer,
        "mit_b4.pth": "mit_b4.pth" + segFormer,
        "mit_b5.pth": "mit_b5.pth" + segFormer,
        "PIDNet_S_ImageNet.pth.tar": "PIDNet_S_ImageNet.pth.tar" + pidNet,
        "PIDNet_M_ImageNet.pth.tar": "PIDNet_M_ImageNet.pth.tar" + pidNet,
        "PIDNet_L_ImageNet.pth.tar": "PIDNet_L_ImageNet.pth.tar" + pidNet,
    ]
    private static let segFormer = link + "https://github.com/NVlabs/SegFormer#training links to"
    private static let pidNet = link + "https://github.com/XuJiacong/PIDNet#models links to"
    private static let timm = "https://huggingface.co/timm/"
    private static let timmFile = ".dist_in1k/resolve/main/model.safetensors"
    private static let zoo = "https://dl.fbaipublicfiles.com/detectron2/"
    private static let stdc = link + "https://github.com/MichaelFan01/STDC-Seg links to"
    private static let swin = "https://github.com/SwinTransformer/storage/releases/download/v1.0.0/"
    /// Between a file's name and the page that links to it.
    private static let link = ", which "
    private static let catalog = "detectron2://"

    /// Nil for a file of the user's own.
    init?(_ path: String) {
        let file = (path as NSString).lastPathComponent
        name = (file as NSString).deletingPathExtension
        if path.hasPrefix(Self.catalog) {
            source = Self.zoo + path.dropFirst(Self.catalog.count)
        } else if path.contains("://") {
            source = path
        } else if let known = Self.sources[file] {
            source = known
        } else {
            return nil
        }
    }

    /// Where it may lie, beside the path itself.
    var places: [String] { ["safetensors", "pkl", "pth", "pt", "tar"].map { "Checkpoints/\(name).\($0)" } }

    /// What to do where it does not, to start a training.
    var advice: String {
        let file = source.firstRange(of: Self.link).map { source[..<$0.lowerBound] } ?? source[...]
        let kind = (String(file) as NSString).pathExtension
        return "get \(source), and put it at Checkpoints/\(name).\(kind) or name it by --weights FILE; "
            + "to train from random weights say --from-scratch or MODEL.WEIGHTS \"\""
    }
}
