"""Carries whole networks to the official PyTorch model and back: nothing but names, shapes and bits may matter.

    official_model.py (--pem | --mask2former) CHECKOUT --detectron2 CHECKOUT --commands .build/release [--weights OURS]
        CONFIG...
CONFIG is an official YAML file (the checkout's configs/...), which our commands read too. For each one:
  1. the official model, every parameter and buffer random, is saved with torch.save; with --weights this part is
     left out and the checkpoint OURS.safetensors is taken instead;
  2. pem-convert brings it to safetensors, all names matched, and from there to .pth;
  3. torch.load(weights_only=True) and load_state_dict(strict=True) put that into another official model: same bits;
  4. torch.save of that model and pem-convert again: the same safetensors file, byte for byte;
  5. pem-predict --raw and the official forward in float64 give the same predictions on three pictures of noise; the
     official forward in float32 stands beside it. Where a query's best position is a tie to the last bits, or a mask's
     logit is 0 to the last bits, either may turn out otherwise: a step, not a rounding error. So one picture without
     such a tie is enough.
Prints a line for each; the exit status is 1 if anything differs. Needs torch, torchvision, numpy, scipy, pillow and what
detectron2 imports (fvcore, iopath, omegaconf, hydra-core, pycocotools); nothing of detectron2 is compiled.
"""
import argparse
import json
import os
import struct
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from official import builder

parser = argparse.ArgumentParser()
family = parser.add_mutually_exclusive_group(required=True)
family.add_argument("--pem")
family.add_argument("--mask2former")
parser.add_argument("--detectron2", required=True)
parser.add_argument("--commands", default=".build/release")
parser.add_argument("--weights")
parser.add_argument("configs", nargs="+", metavar="CONFIG")
options = parser.parse_args()

official = builder("pem" if options.pem else "mask2former", options.pem or options.mask2former, options.detectron2)


def randomize(model):
    """Every parameter and statistic another number; the class weights and counters keep their built values."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.dtype != torch.float32 or name == "criterion.empty_weight":
                continue
            noise = torch.randn(tensor.shape, generator=generator)
            if name.endswith("running_var"):
                tensor.copy_(1 + 0.3 * noise.abs())
            elif tensor.dim() > 1:
                tensor.copy_(noise * (2 / max(1, tensor[0].numel())) ** 0.5)
            else:
                tensor.copy_((1 if name.endswith("weight") else 0) + 0.1 * noise)


def run(command, *arguments):
    result = subprocess.run([os.path.join(options.commands, command), *map(str, arguments)], capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"{command} failed: {result.stderr}{result.stdout}")
    return result.stdout


def values(state):
    return {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}


def differing(one, other):
    def same(a, b):
        return a.shape == b.shape and torch.equal(a.contiguous().view(torch.int32), b.contiguous().view(torch.int32))
    return sorted(set(one) ^ set(other)) + [name for name in one if name in other and not same(one[name], other[name])]


def read(path):
    """The tensors of a safetensors file of Float32."""
    data = Path(path).read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    return {name: torch.frombuffer(bytearray(data[start + e["data_offsets"][0]:start + e["data_offsets"][1]]),
                                   dtype=torch.float32).reshape(e["shape"]) for name, e in header.items()}


def logits(model, config, weights, folder):
    """For each of three pictures of noise: how far pem-predict's raw predictions are from the official float64 ones,
    and how far the official float32 ones are, relative to the largest prediction."""
    pictures = np.random.default_rng(3).integers(0, 256, (3, 96, 160, 3), dtype=np.uint8)
    names = [f"noise{index}" for index in range(len(pictures))]
    for name, pixels in zip(names, pictures):
        Image.fromarray(pixels).save(folder / f"{name}.png")
    run("pem-predict", "--config", config, "--weights", weights, "--output", folder / "out", "--raw", folder / "raw.safetensors",
        *(folder / f"{name}.png" for name in names), "DATASETS.TRAIN", "()", "DATASETS.TEST", "()",
        "MODEL.MASK_FORMER.TEST.SEMANTIC_ON", "True", "MODEL.MASK_FORMER.TEST.PANOPTIC_ON", "False",
        "MODEL.MASK_FORMER.TEST.INSTANCE_ON", "False")
    ours = read(folder / "raw.safetensors")

    def predictions(model, image):
        with torch.no_grad():
            return model.sem_seg_head(model.backbone(((image - model.pixel_mean) / model.pixel_std)[None]))

    images = torch.from_numpy(pictures).permute(0, 3, 1, 2)
    singles = [predictions(model, image.float()) for image in images]
    model.double()
    # Mask2Former's pixel decoder says x.float(), which means "not half".
    to_float, torch.Tensor.float = torch.Tensor.float, lambda tensor: tensor
    errors = []
    for name, image, single in zip(names, images, singles):
        double = predictions(model, image.double())
        mine = {key: ours[f"{name}.{key}"] for key in ("pred_logits", "pred_masks")}
        errors.append([max(float((some[k].double() - double[k]).abs().max() / double[k].abs().max()) for k in mine)
                       for some in (mine, single)])
    torch.Tensor.float = to_float
    return errors


def carry(config, folder):
    first, ours, back, again = (folder / n for n in ("first.pth", "ours.safetensors", "back.pth", "again.pth"))
    source = official(config)
    if options.weights:
        ours = Path(options.weights)
    else:
        randomize(source)
        torch.save({"model": source.state_dict()}, first)
        report = run("pem-convert", first, ours, "--for", config)
        if any(word in report for word in ("missing", "unknown", "another shape")):
            raise SystemExit(report)
    run("pem-convert", ours, back, "--for", config)
    state = torch.load(back, weights_only=True)["model"]
    target = official(config)
    target.load_state_dict(state, strict=True)
    wrong = differing(values(target.state_dict()), values(state))
    if not options.weights:
        wrong += differing(values(target.state_dict()), values(source.state_dict()))
    torch.save({"model": target.state_dict()}, again)
    run("pem-convert", again, folder / "again.safetensors", "--for", config)
    wrong += differing(read(folder / "again.safetensors"), read(ours))
    if not options.weights and (folder / "again.safetensors").read_bytes() != ours.read_bytes():
        wrong.append("the bytes of the safetensors file")
    errors = logits(target, config, ours, folder)
    verdict = "same bits" if not wrong else f"{len(wrong)} differ: {wrong[:9]}"
    listed = ", ".join(f"{mine:.0e} ({official:.0e})" for mine, official in errors)
    print(f"{config}: {len(state)} names, {len(read(ours))} tensors, {verdict}; predictions differ by {listed}", flush=True)
    return not wrong and any(mine < max(1e-5, 5 * official) for mine, official in errors)


good = True
for config in options.configs:
    with tempfile.TemporaryDirectory() as folder:
        good = carry(config, Path(folder)) and good
raise SystemExit(0 if good else 1)
