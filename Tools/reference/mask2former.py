"""Compares Mask2Formers and MaskFormers of transformers with ours: every tensor finds its place, and both predict the same.

    mask2former.py [--commands .build/release]
For both, with a small Swin Transformer and a ResNet-50, with every parameter and statistic random:
  1. Mask2FormerForUniversalSegmentation or MaskFormerForInstanceSegmentation is saved by save_pretrained (whose names are
     those of transformers 4, as in the files on its hub) and by torch.save (whose names are its own, which transformers 5
     has changed);
  2. pem-convert --for finds each tensor of the network in it, and nothing else;
  3. pem-predict --raw and the forward of transformers in float64 give the same predictions, to 1e-4 of the largest one, on
     one of three pictures of noise at least: in Mask2Former a mask logit near 0 may turn out otherwise, which is a step
     and no rounding error. The pictures are multiples of 32 and their maps larger than a window: transformers does not
     shift the windows of smaller maps, the official code does.
Prints a line for each file; the exit status is 1 if anything differs. Needs torch, transformers, safetensors, numpy and
pillow; nothing is downloaded.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers
from PIL import Image
from safetensors.torch import load_file

parser = argparse.ArgumentParser()
parser.add_argument("--commands", default=".build/release")
options = parser.parse_args()

MEAN, DEVIATION = [123.675, 116.280, 103.530], [58.395, 57.120, 57.375]
STAGES = ["stage1", "stage2", "stage3", "stage4"]
BACKBONES = {
    "swin": transformers.SwinConfig(embed_dim=32, depths=[2, 2, 2, 2], num_heads=[1, 2, 4, 8], window_size=3, out_features=STAGES),
    "resnet": transformers.ResNetConfig(out_features=STAGES),
}
KEYS = {
    "swin": """
  BACKBONE: {NAME: D2SwinTransformer}
  SWIN: {EMBED_DIM: 32, DEPTHS: [2, 2, 2, 2], NUM_HEADS: [1, 2, 4, 8], WINDOW_SIZE: 3}""",
    "resnet": """
  BACKBONE: {NAME: build_resnet_backbone}
  RESNETS: {DEPTH: 50, STRIDE_IN_1X1: False, OUT_FEATURES: [res2, res3, res4, res5]}""",
}
CONFIG = """
MODEL:
  META_ARCHITECTURE: MaskFormer
  PIXEL_MEAN: %s
  PIXEL_STD: %s%s
  SEM_SEG_HEAD:
    NAME: MaskFormerHead
    IN_FEATURES: [res2, res3, res4, res5]
    NUM_CLASSES: 5
    CONVS_DIM: 64
    MASK_DIM: 64%s
    HIDDEN_DIM: 64
    NHEADS: 2
    DIM_FEEDFORWARD: 128
    DEC_LAYERS: 4
    NUM_OBJECT_QUERIES: 10
INPUT: {FORMAT: RGB, MIN_SIZE_TEST: 0}
VERSION: 2
"""
FAMILIES = {
    "Mask2Former": """
    PIXEL_DECODER_NAME: MSDeformAttnPixelDecoder
    TRANSFORMER_ENC_LAYERS: 2
  MASK_FORMER:
    TRANSFORMER_IN_FEATURE: multi_scale_pixel_decoder
    DROPOUT: 0.0""",
    "MaskFormer": """
  MASK_FORMER:
    TRANSFORMER_IN_FEATURE: res5""",
}


def mask2former(backbone):
    config = transformers.Mask2FormerConfig(
        backbone_config=backbone, feature_size=64, mask_feature_size=64, hidden_dim=64, encoder_feedforward_dim=1024,
        encoder_layers=2, num_attention_heads=2, dim_feedforward=128, decoder_layers=4, num_queries=10, num_labels=5)
    return transformers.Mask2FormerForUniversalSegmentation(config)


def maskformer(backbone):
    decoder = transformers.DetrConfig(
        d_model=64, decoder_layers=4, encoder_layers=1, decoder_attention_heads=2, decoder_ffn_dim=128, num_queries=10,
        use_timm_backbone=False, backbone_config=transformers.ResNetConfig())
    config = transformers.MaskFormerConfig(
        backbone_config=backbone, decoder_config=decoder, fpn_feature_size=64, mask_feature_size=64, num_labels=5)
    return transformers.MaskFormerForInstanceSegmentation(config)


def network(family, backbone):
    """A small network of large, different numbers."""
    model = {"Mask2Former": mask2former, "MaskFormer": maskformer}[family](backbone).eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.dtype != torch.float32 or name == "criterion.empty_weight":
                continue
            noise = torch.randn(tensor.shape, generator=generator)
            if name.endswith("running_var"):
                tensor.copy_(1 + 0.3 * noise.abs())
            elif "embed" in name and tensor.dim() == 2:
                tensor.copy_(noise)
            elif tensor.dim() > 1:
                tensor.copy_(noise * (1.5 / tensor[0].numel()) ** 0.5)
            else:
                tensor.copy_((1 if name.endswith("weight") else 0) + 0.1 * noise)
    return model


def run(command, *arguments):
    result = subprocess.run([Path(options.commands) / command, *map(str, arguments)], capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"{command} failed: {result.stderr}{result.stdout}")
    return result.stdout


def expected(model, pictures):
    """Class and mask logits for each picture, in float64."""
    double = model.double()
    results = []
    for pixels in pictures:
        image = (torch.from_numpy(pixels).double() - torch.tensor(MEAN)) / torch.tensor(DEVIATION, dtype=torch.float64)
        with torch.no_grad():
            output = double(pixel_values=image.permute(2, 0, 1)[None])
        results.append({"pred_logits": output.class_queries_logits, "pred_masks": output.masks_queries_logits})
    return results


def check(family, kind, folder):
    config = folder / "config.yaml"
    config.write_text(CONFIG % (MEAN, DEVIATION, KEYS[kind], FAMILIES[family]))
    model = network(family, BACKBONES[kind])
    files = [folder / "pretrained", folder / "state.pth"]
    model.save_pretrained(files[0])
    torch.save(model.state_dict(), files[1])
    pictures = np.random.default_rng(3).integers(0, 256, (3, 128, 160, 3), dtype=np.uint8)
    names = [f"noise{index}" for index in range(len(pictures))]
    for name, pixels in zip(names, pictures):
        Image.fromarray(pixels).save(folder / f"{name}.png")
    wanted = expected(model, pictures)
    good = True
    for file in files:
        report = run("pem-convert", file, folder / f"{file.name}.safetensors", "--for", config)
        misfits = [word for word in ("missing", "unknown", "another shape") if word in report]
        raw = folder / f"{file.name}.raw.safetensors"
        run("pem-predict", "--config", config, "--weights", file, "--output", folder / f"{file.name}.out", "--raw", raw,
            *(folder / f"{name}.png" for name in names), "DATASETS.TRAIN", "()", "DATASETS.TEST", "()")
        ours = load_file(raw)
        errors = [
            max(float((ours[f"{name}.{key}"].double().reshape(exact.shape) - exact).abs().max() / exact.abs().max())
                for key, exact in result.items())
            for name, result in zip(names, wanted)]
        good = good and not misfits and min(errors) < 1e-4
        listed = ", ".join(f"{error:.0e}" for error in errors)
        print(f"{family}, {kind}, {file.name}: {report.splitlines()[-1]} {misfits}; predictions differ by {listed}", flush=True)
        if misfits:
            print(report)
    return good


results = []
for family in FAMILIES:
    for kind in BACKBONES:
        with tempfile.TemporaryDirectory() as folder:
            results.append(check(family, kind, Path(folder)))
sys.exit(0 if all(results) else 1)
