// Keys that all per-pixel networks read.
import ConfigFiles
import Configurations

extension Setting {
    /// MODEL.SEM_SEG_HEAD.LOSS_WEIGHT.
    static var pixelLossWeight: Setting {
        .declared("LOSS_WEIGHT", 1.0, "Weight of the loss of per-pixel networks; without effect in others.")
    }
}

extension ConfigReader {
    /// MODEL.SEM_SEG_HEAD.LOSS_WEIGHT.
    func pixelLossWeight() throws -> Float { Float(try real("MODEL.SEM_SEG_HEAD.LOSS_WEIGHT", in: 0...1e6)) }

    /// Throws `ConfigError` where MODEL.MASK_FORMER.TEST asks for anything but label maps.
    func requireLabelMapsAlone() throws {
        for (key, value) in [("SEMANTIC_ON", true), ("PANOPTIC_ON", false), ("INSTANCE_ON", false)] {
            let key = "MODEL.MASK_FORMER.TEST." + key
            guard try boolean(key) != value else { continue }
            throw invalid(
                key, "a per-pixel network makes label maps alone: expected \(value ? "True" : "False")")
        }
    }
}
