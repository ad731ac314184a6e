"""How near a golden's Mask2Former comes, in float64, to where gradients jump and values do not.

    kinks.py GOLDEN.safetensors
        prints for each layer of the pixel decoder's encoder the smallest inputs of its ReLUs, and how near samples of its
        deformable attention are to a pixel's centre; then how far the maps are from the golden's. The folder of the
        golden holds fill.py. Needs torch and safetensors.
"""
import json
import math
import struct
import sys
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file

path = Path(sys.argv[1])
sys.path.insert(0, str(path.parent))
import fill  # noqa: E402

CHANNELS, HEADS, LAYERS, POINTS = 256, 8, 6, 4
golden = load_file(path)
with open(path, "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
gain = json.loads(header["__metadata__"]["gain"])


def parameter(name, *shape):
    name = "sem_seg_head.pixel_decoder." + name
    values = numpy.asarray(fill.param(name, shape), dtype=numpy.float32).reshape(shape) * numpy.float32(gain.get(name, 1))
    return torch.tensor(values.astype(numpy.float64))


def linear(x, name, outputs, inputs=CHANNELS):
    return x @ parameter(name + ".weight", outputs, inputs).T + parameter(name + ".bias", outputs)


def norm(x, name):
    return F.layer_norm(x, (CHANNELS,), parameter(name + ".weight", CHANNELS), parameter(name + ".bias", CHANNELS))


def sine(height, width):
    """In float32, as the official code makes it."""
    y = torch.arange(1, height + 1, dtype=torch.float32)[:, None].expand(height, width)
    x = torch.arange(1, width + 1, dtype=torch.float32)[None].expand(height, width)
    y, x = y / (y[-1:] + 1e-6) * 2 * math.pi, x / (x[:, -1:] + 1e-6) * 2 * math.pi
    d = torch.arange(CHANNELS // 2, dtype=torch.float32)
    d = 10000 ** (2 * torch.div(d, 2, rounding_mode="floor") / (CHANNELS // 2))
    waves = [torch.stack(((p[..., None] / d)[..., 0::2].sin(), (p[..., None] / d)[..., 1::2].cos()), 3) for p in (y, x)]
    return torch.cat([wave.flatten(2) for wave in waves], 2).double().reshape(-1, CHANNELS)


def places(height, width):
    y, x = ((torch.arange(n, dtype=torch.float32) + 0.5) / n for n in (height, width))
    return torch.stack((x.expand(height, width), y[:, None].expand(height, width)), -1).reshape(-1, 2).double()


tokens, positions, shapes = [], [], []
for level, name in enumerate(["res5", "res4", "res3"]):
    x = torch.tensor(golden["eval.features." + name].astype(numpy.float64))
    projection = f"input_proj.{level}."
    x = F.conv2d(x, parameter(projection + "0.weight", CHANNELS, x.shape[1], 1, 1), parameter(projection + "0.bias", CHANNELS))
    x = F.group_norm(x, 32, parameter(projection + "1.weight", CHANNELS), parameter(projection + "1.bias", CHANNELS))
    shapes.append(tuple(x.shape[2:]))
    tokens.append(x.flatten(2).transpose(1, 2))
    positions.append(sine(*shapes[-1]) + parameter("transformer.level_embed", 3, CHANNELS)[level])
s, position = torch.cat(tokens, 1), torch.cat(positions)
reference = torch.cat([places(*shape) for shape in shapes])
images, count = s.shape[:2]
for layer in range(LAYERS):
    name = f"transformer.encoder.layers.{layer}."
    query = s + position
    values = linear(s, name + "self_attn.value_proj", CHANNELS).reshape(images, count, HEADS, -1)
    offsets = linear(query, name + "self_attn.sampling_offsets", HEADS * 3 * POINTS * 2).reshape(images, count, HEADS, 3, POINTS, 2)
    weights = linear(query, name + "self_attn.attention_weights", HEADS * 3 * POINTS).reshape(images, count, HEADS, -1)
    weights = weights.softmax(-1).reshape(images, count, HEADS, 3, POINTS)
    mixed, gaps, start = 0, [], 0
    for level, (height, width) in enumerate(shapes):
        size = torch.tensor([width, height], dtype=torch.float64)
        place = reference[None, :, None, None] * size - 0.5 + offsets[:, :, :, level]
        inside = ((place > -1.5) & (place < size + 0.5)).all(-1, keepdim=True)
        gaps += torch.where(inside, (place - place.round()).abs(), 1.0).flatten().tolist()
        level_values = values[:, start : start + height * width].permute(0, 2, 3, 1).reshape(images * HEADS, -1, height, width)
        grid = (2 * (place + 0.5) / size - 1).permute(0, 2, 1, 3, 4).reshape(images * HEADS, count, POINTS, 2)
        samples = F.grid_sample(level_values, grid, align_corners=False).reshape(images, HEADS, -1, count, POINTS)
        mixed = mixed + (samples * weights[:, :, :, level].permute(0, 2, 1, 3)[:, :, None]).sum(-1).permute(0, 3, 1, 2)
        start += height * width
    s = norm(s + linear(mixed.reshape(images, count, -1), name + "self_attn.output_proj", CHANNELS), name + "norm1")
    hidden = linear(s, name + "linear1", 1024)
    nearest = hidden.abs().flatten().topk(3, largest=False).values.tolist()
    print(f"layer {layer}: ReLUs", *("%.1e" % gap for gap in nearest), " samples", *("%.1e" % gap for gap in sorted(gaps)[:3]))
    s = norm(s + linear(hidden.relu(), name + "linear2", CHANNELS, 1024), name + "norm2")
height, width = shapes[0]
coarse = s[:, : height * width].transpose(1, 2).reshape(images, CHANNELS, height, width)
print("from the golden's coarsest map: %.1e" % (coarse - torch.tensor(golden["eval.multi_scale.0"])).abs().max().item())
