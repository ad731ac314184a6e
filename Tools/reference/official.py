"""Builds networks by the official code of PEM or Mask2Former, on the CPU, with nothing of detectron2 compiled."""
import importlib
import sys
import types
from pathlib import Path

import torchvision


def deform(self, x, offset, mask):
    return torchvision.ops.deform_conv2d(x, offset, self.weight, None, 1, 1, 1, mask)


def builder(name, checkout, detectron2):
    """What makes a network, in evaluation mode, of a YAML file. `name` is pem or mask2former, the others are folders."""
    sys.path.insert(0, str(detectron2))
    # What is compiled is not needed for the module tree; the deformable convolution is torchvision's, and Mask2Former
    # falls back to grid_sample.
    for compiled in ("detectron2._C", "MultiScaleDeformableAttention"):
        sys.modules[compiled] = types.ModuleType(compiled)
    # Without its data sets and augmentations, which the model does not need.
    package = types.ModuleType(name)
    package.__path__ = [str(Path(checkout) / name)]
    sys.modules[name] = package
    from detectron2.config import get_cfg
    from detectron2.modeling import build_model
    from detectron2.projects.deeplab import add_deeplab_config

    for module in ("maskformer_model", "modeling"):
        importlib.import_module(f"{name}.{module}")
    add_maskformer2_config = importlib.import_module(f"{name}.config").add_maskformer2_config
    if name == "pem":
        importlib.import_module("pem.modeling.pixel_decoder.pem_pixel_decoder").ModulatedDeformConv.forward = deform

    def build(config):
        cfg = get_cfg()
        add_deeplab_config(cfg)
        add_maskformer2_config(cfg)
        cfg.merge_from_file(str(config))
        cfg.MODEL.DEVICE = "cpu"
        return build_model(cfg).eval()

    return build
