import Checkpoints
import Configurations

/// The families of networks that this program ships: a new one adds its folder and its name here.
package let networkFamilies: [any NetworkFamily.Type] = [
    PEM.self, MaskFormer.self, Mask2Former.self, PerPixel.self, EncoderDecoderFamily.self, PIDNetFamily.self,
]
