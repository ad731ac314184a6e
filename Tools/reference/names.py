"""Makes Tests/CheckpointsTests/Fixtures/names.json: names and shapes of the models that other packages make.

    names.py --pem CHECKOUT --mask2former CHECKOUT --detectron2 CHECKOUT
Run from the package's folder. Needs torch, torchvision, timm, transformers and what detectron2 imports; the models have
random weights, and nothing is downloaded. Each state dict is stored as {"origin": …, "names": {name: shape}}; the ones
called official are what the others must become.
"""
import argparse
import json
import sys
import types
from pathlib import Path

import timm
import torch
import torchvision
import transformers

parser = argparse.ArgumentParser()
parser.add_argument("--pem", required=True)
parser.add_argument("--mask2former", required=True)
parser.add_argument("--detectron2", required=True)
options = parser.parse_args()

sys.path.insert(0, options.detectron2)
# What is compiled is not needed for names, nor are the decoders that lie beside the backbones.
sys.modules["detectron2._C"] = types.ModuleType("detectron2._C")
for project, folder in (("pem", options.pem), ("mask2former", options.mask2former)):
    for part in ("", "/modeling", "/modeling/backbone"):
        name = project + part.replace("/", ".")
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(Path(folder) / project) + part]

from detectron2.config import get_cfg  # noqa: E402
from detectron2.modeling import build_backbone  # noqa: E402
from mask2former.config import add_maskformer2_config  # noqa: E402
from mask2former.modeling.backbone import swin  # noqa: E402, F401
from pem.modeling.backbone.stdc import STDCNet  # noqa: E402

result = {}


def record(name, origin, module):
    result[name] = {"origin": origin, "names": {k: list(v.shape) for k, v in module.state_dict().items()}}


def backbone(name):
    cfg = get_cfg()
    add_maskformer2_config(cfg)
    cfg.MODEL.DEVICE = "cpu"
    cfg.MODEL.BACKBONE.NAME = name
    cfg.MODEL.RESNETS.OUT_FEATURES = ["res5"]
    cfg.MODEL.RESNETS.NORM = "BN"
    cfg.MODEL.RESNETS.STRIDE_IN_1X1 = False
    return torch.nn.ModuleDict({"backbone": build_backbone(cfg)})


def maskformer(encoder):
    decoder = transformers.DetrConfig(num_queries=4, decoder_layers=1, encoder_layers=1, d_model=32, decoder_ffn_dim=8,
                                      decoder_attention_heads=4, use_timm_backbone=False,
                                      backbone_config=transformers.ResNetConfig())
    config = transformers.MaskFormerConfig(backbone_config=encoder, decoder_config=decoder, fpn_feature_size=32,
                                           mask_feature_size=32, num_labels=3)
    return transformers.MaskFormerForInstanceSegmentation(config)


def mask2former(encoder):
    config = transformers.Mask2FormerConfig(
        backbone_config=encoder, feature_size=32, mask_feature_size=32, hidden_dim=32, encoder_feedforward_dim=1024,
        encoder_layers=1, num_attention_heads=4, dim_feedforward=8, decoder_layers=2, num_queries=4, num_labels=3)
    return transformers.Mask2FormerForUniversalSegmentation(config)


stages = ["stage1", "stage2", "stage3", "stage4"]
resnet = transformers.ResNetConfig(out_features=stages)
small = transformers.SwinConfig(embed_dim=8, depths=[1, 1, 1, 1], num_heads=[1, 2, 4, 8], out_features=stages)

record("official ResNet-50", "detectron2 build_resnet_backbone", backbone("build_resnet_backbone"))
record("official Swin-T", "Mask2Former D2SwinTransformer", backbone("D2SwinTransformer"))
record("torchvision ResNet-50", f"torchvision {torchvision.__version__}", torchvision.models.resnet50(weights=None))
record("timm ResNet-50", f"timm {timm.__version__}, resnet50", timm.create_model("resnet50"))
record("timm Swin-T", f"timm {timm.__version__}, swin_tiny_patch4_window7_224", timm.create_model("swin_tiny_patch4_window7_224"))
record("Hugging Face ResNet-50", f"transformers {transformers.__version__}, ResNetForImageClassification",
       transformers.ResNetForImageClassification(transformers.ResNetConfig()))
record("Hugging Face MaskFormer R50", f"transformers {transformers.__version__}", maskformer(resnet))
record("Hugging Face MaskFormer Swin", f"transformers {transformers.__version__}, a small one", maskformer(small))
record("Hugging Face Mask2Former Swin", f"transformers {transformers.__version__}, a small one", mask2former(small))
record("Hugging Face Mask2Former R50", f"transformers {transformers.__version__}, small decoders", mask2former(resnet))
record("Hugging Face Swin", f"transformers {transformers.__version__}, a small one",
       transformers.SwinForImageClassification(transformers.SwinConfig(embed_dim=8, depths=[1, 1, 1, 1], num_heads=[1, 2, 4, 8])))
for name, layers in (("STDC1", [2, 2, 2]), ("STDC2", [4, 5, 3])):
    record(f"official {name}", "PEM's STDCNet", torch.nn.ModuleDict({"backbone": STDCNet(layers=layers)}))

lines = [json.dumps(name) + ": " + json.dumps(value, separators=(",", ":")) for name, value in result.items()]
Path("Tests/CheckpointsTests/Fixtures/names.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
