import Checkpoints
import ConfigFiles
import PixelClassifiers

/// A decode head that configurations can choose.
package protocol NamedDecodeHead: DecodeHeadConfiguration, Configurable {
    /// What MODEL.SEM_SEG_HEAD.NAME calls it.
    static var name: String { get }
    /// How the names of other programs' checkpoints become its own.
    static var nameMaps: [NameMap] { get }
    /// The network with a backbone, for a person: "SegFormer-B0".
    func title(backbone: String) -> String
}

/// The decode heads that configurations can choose: a new one adds its file and its name here.
package let namedDecodeHeads: [any NamedDecodeHead.Type] = [
    FPNHead.Configuration.self, SegFormerHead.Configuration.self,
]

extension ConfigReader {
    /// The head that the configuration names. Throws `ConfigError`.
    func decodeHead() throws -> any NamedDecodeHead {
        let key = "MODEL.SEM_SEG_HEAD.NAME"
        let name = try text(key)
        guard let head = namedDecodeHeads.first(where: { $0.name == name }) else {
            throw invalid(
                key,
                "expected one of \(namedDecodeHeads.map { "\"\($0.name)\"" }.joined(separator: ", ")), got \"\(name)\"")
        }
        return try head.init(self)
    }
}
