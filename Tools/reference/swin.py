"""Makes Tests/GoldenTests/SwinExpectations.swift: maps and gradients of a small Swin Transformer with windows of 12.

Run from the package's folder: python Tools/reference/swin.py
Needs torch, timm and transformers; nothing is downloaded. The reference is written here by the paper and Mask2Former's
rules (padding after the norm, odd blocks always shifted, -100 between regions) in float64, and held to transformers'
Swin, whose rules are the same on maps larger than a window. Weights and images are functions of names (fill rule).
"""
from pathlib import Path

import numpy
import timm
import torch
import torch.nn.functional as F
import transformers

from fill import parameter, uniform


def signed(name, shape):
    return torch.tensor(2 * uniform(name, int(numpy.prod(shape))) - 1).reshape(shape)


def fill(name, shape):
    return torch.tensor(parameter(name, shape)).float().double()


def shapes(channels, depths, heads, window):
    result = {"patch_embed.proj.weight": [channels, 3, 4, 4]}
    for name in ("patch_embed.proj.bias", "patch_embed.norm.weight", "patch_embed.norm.bias"):
        result[name] = [channels]
    for stage, depth in enumerate(depths):
        c = channels << stage
        for place in range(depth):
            block = f"layers.{stage}.blocks.{place}."
            result[block + "attn.relative_position_bias_table"] = [(2 * window - 1) ** 2, heads[stage]]
            for name, size in (("attn.qkv", [3 * c, c]), ("attn.proj", [c, c]), ("mlp.fc1", [4 * c, c]),
                               ("mlp.fc2", [c, 4 * c])):
                result[block + name + ".weight"], result[block + name + ".bias"] = size, size[:1]
            for name in ("norm1", "norm2"):
                result[block + name + ".weight"] = result[block + name + ".bias"] = [c]
        if stage < 3:
            merging = f"layers.{stage}.downsample."
            result[merging + "norm.weight"] = result[merging + "norm.bias"] = [4 * c]
            result[merging + "reduction.weight"] = [2 * c, 4 * c]
        result[f"norm{stage}.weight"] = result[f"norm{stage}.bias"] = [c]
    return result


def norm(p, name, x):
    return F.layer_norm(x, x.shape[-1:], p[name + ".weight"], p[name + ".bias"], 1e-5)


def linear(p, name, x):
    return F.linear(x, p[name + ".weight"], p.get(name + ".bias"))


def attention(p, block, x, heads, w, shift):
    """[B, H, W, C], normed."""
    batch, height, width, c = x.shape
    x = F.pad(x, (0, 0, 0, -width % w, 0, -height % w))
    x = torch.roll(x, (-shift, -shift), (1, 2))
    rows, columns = x.shape[1], x.shape[2]

    def windows(y):
        y = y.reshape(-1, rows // w, w, columns // w, w, y.shape[-1])
        return y.permute(0, 1, 3, 2, 4, 5).reshape(-1, w * w, y.shape[-1])

    def regions(length):
        r = torch.arange(length)
        return (r >= length - w).long() + (r >= length - shift).long() if shift else torch.zeros(length).long()

    region = windows((3 * regions(rows)[:, None] + regions(columns))[None, :, :, None])[..., 0]
    mask = torch.where(region[:, :, None] == region[:, None, :], 0.0, -100.0).repeat(batch, 1, 1)
    q, k, v = linear(p, block + "attn.qkv", windows(x)).reshape(-1, w * w, 3, heads, c // heads).permute(2, 0, 3, 1, 4)
    place = torch.stack(torch.meshgrid(torch.arange(w), torch.arange(w), indexing="ij"), -1).reshape(-1, 2)
    distance = place[:, None] - place[None] + w - 1
    bias = p[block + "attn.relative_position_bias_table"][distance[..., 0] * (2 * w - 1) + distance[..., 1]]
    scores = q * (c // heads) ** -0.5 @ k.transpose(-1, -2) + bias.permute(2, 0, 1) + mask[:, None]
    y = linear(p, block + "attn.proj", (scores.softmax(-1) @ v).transpose(1, 2).reshape(-1, w * w, c))
    y = y.reshape(batch, rows // w, columns // w, w, w, c).permute(0, 1, 3, 2, 4, 5).reshape(batch, rows, columns, c)
    return torch.roll(y, (shift, shift), (1, 2))[:, :height, :width]


def swin(p, image, depths, heads, w):
    """[B, 3, H, W] -> four maps [B, H, W, C]."""
    image = F.pad(image, (0, -image.shape[3] % 4, 0, -image.shape[2] % 4))
    x = F.conv2d(image, p["patch_embed.proj.weight"], p["patch_embed.proj.bias"], stride=4).permute(0, 2, 3, 1)
    x = norm(p, "patch_embed.norm", x)
    maps = []
    for stage, depth in enumerate(depths):
        for place in range(depth):
            block = f"layers.{stage}.blocks.{place}."
            x = x + attention(p, block, norm(p, block + "norm1", x), heads[stage], w, w // 2 if place % 2 else 0)
            y = F.gelu(linear(p, block + "mlp.fc1", norm(p, block + "norm2", x)))
            x = x + linear(p, block + "mlp.fc2", y)
        maps.append(norm(p, f"norm{stage}", x))
        if stage < 3:
            x = F.pad(x, (0, 0, 0, x.shape[2] % 2, 0, x.shape[1] % 2))
            x = torch.cat([x[:, i::2, j::2] for i, j in ((0, 0), (1, 0), (0, 1), (1, 1))], -1)
            x = linear(p, f"layers.{stage}.downsample.reduction", norm(p, f"layers.{stage}.downsample.norm", x))
    return maps


def figures(prefix, maps):
    """Of each map [B, H, W, C]: its dot product with a function of its name, and its norm."""
    return [[float((x.detach() * signed(f"{prefix}{i}", list(x.shape))).sum()), float(x.detach().norm())]
            for i, x in enumerate(maps)]


sizes = dict(channels=64, depths=[2, 2, 1, 1], heads=[2, 4, 8, 16], window=12)
names = shapes(**sizes)
p = {name: fill("backbone." + name, shape).requires_grad_() for name, shape in names.items()}
image = signed("image", [1, 78, 101, 3]).permute(0, 3, 1, 2)
maps = swin(p, image, sizes["depths"], sizes["heads"], 12)
sum((x * signed(f"map{i}", list(x.shape))).sum() for i, x in enumerate(maps)).backward()
gradients = [[float((p[name].grad * signed("grad:" + name, shape)).sum()), float(p[name].grad.norm())]
             for name, shape in names.items()]

# transformers' Swin takes the same weights; its maps are compared where they are larger than a window.
small = dict(embed_dim=8, depths=[1, 1, 1, 1], num_heads=[1, 2, 4, 8])
stages = ["stage1", "stage2", "stage3", "stage4"]


def transformers_names(state, prefix):
    """Fills a state by its own names; gives it under the official ones too."""
    filled = {k: v if v.dtype == torch.int64 else fill(prefix + k, list(v.shape)) for k, v in state.items()}
    official = {}
    for name, value in filled.items():
        name = name.removeprefix("swin.").removeprefix("encoder.").replace(".attention.relative_position_bias.", ".attn.")
        for old, new in (("embeddings.patch_embeddings.projection", "patch_embed.proj"),
                         ("embeddings.norm", "patch_embed.norm"), ("layernorm_before", "norm1"),
                         ("layernorm_after", "norm2"), (".attention.o_proj", ".attn.proj")):
            name = name.replace(old, new)
        for i in range(4):
            name = name.replace(f"hidden_states_norms.stage{i + 1}", f"norm{i}")
        for old in ("q", "k", "v"):
            if f".attention.{old}_proj" in name:
                name = name.replace(f".attention.{old}_proj", ".attn.qkv")
                value = torch.cat([official.get(name, value[:0]), value])
        official[name] = value
    return filled, official


def check(what, a, b):
    error = max(float((x - y).abs().max()) for x, y in zip(a, b))
    print(f"{what}: {error:.1e} from the reference")
    assert error < 1e-5


config = transformers.SwinConfig(embed_dim=64, depths=[2, 2, 1, 1], num_heads=[2, 4, 8, 16], window_size=12,
                                 out_features=stages)
backbone = transformers.SwinBackbone(config).double().eval()
state, official = transformers_names(backbone.state_dict(), "")
backbone.load_state_dict(state)
large = signed("image", [1, 3, 116, 104])
with torch.no_grad():
    theirs = backbone(large).feature_maps
    check("transformers, windows of 12, shifted and padded", [theirs[0].permute(0, 2, 3, 1)],
          swin(official, large, [2, 2, 1, 1], [2, 4, 8, 16], 12)[:1])

square = signed("square", [1, 256, 256, 3]).permute(0, 3, 1, 2)
backbone = transformers.SwinBackbone(transformers.SwinConfig(**small, out_features=stages)).double().eval()
state, official = transformers_names(backbone.state_dict(), "model.pixel_level_module.encoder.")
transformers_state = state
backbone.load_state_dict(state)
with torch.no_grad():
    theirs = [x.permute(0, 2, 3, 1) for x in backbone(square).feature_maps]
    check("transformers, small", theirs, swin(official, square, small["depths"], small["num_heads"], 7))

model = timm.create_model("swin_tiny_patch4_window7_224", embed_dim=8, depths=(1, 1, 1, 1), num_heads=(1, 2, 4, 8),
                          img_size=256, num_classes=0, always_partition=True).double().eval()
state = {k: v if v.dtype == torch.int64 else fill(k, list(v.shape)) for k, v in model.state_dict().items()}
model.load_state_dict(state)
with torch.no_grad():
    timms = model.forward_intermediates(square, norm=False, intermediates_only=True, output_fmt="NCHW")
    timms = [F.layer_norm(x, x.shape[-1:]) for x in (x.permute(0, 2, 3, 1) for x in timms)]


def rows(values):
    return "\n".join(f"        [{a:.8g}, {b:.8g}]," for a, b in values)


def tensors(state):
    return "\n".join(f'        ("{k}", {list(v.shape)}),' for k, v in state.items() if v.dtype != torch.int64)


Path("Tests/GoldenTests/SwinExpectations.swift").write_text(f"""\
// Made by Tools/reference/swin.py (torch {torch.__version__}, transformers {transformers.__version__}, timm \
{timm.__version__}), in float64.

/// Of a tensor: its dot product with 2 · uniform(name) − 1, and its norm.
enum SwinExpectations {{
    /// Windows of 12: res2 … res5 by the names map0 … map3.
    static let maps: [[Double]] = [
{rows(figures("map", maps))}
    ]
    /// Gradients of the sum of those products, by the names "grad:" + parameter.
    static let gradients: KeyValuePairs<String, [Double]> = [
{chr(10).join(f'        "{name}": [{a:.8g}, {b:.8g}],' for name, (a, b) in zip(names, gradients))}
    ]
    /// transformers' small Swin, filled by its own names.
    static let transformers: [[Double]] = [
{rows(figures("map", theirs))}
    ]
    /// The tensors of transformers', whose names in its Mask2Former begin with model.pixel_level_module.encoder.
    static let transformersTensors: [(name: String, shape: [Int])] = [
{tensors(transformers_state)}
    ]
    /// timm's small Swin, filled by its own names; maps normed as a classifier has no norm for them.
    static let timm: [[Double]] = [
{rows(figures("map", timms))}
    ]
    /// The tensors of timm's.
    static let timmTensors: [(name: String, shape: [Int])] = [
{tensors(state)}
    ]
}}
""")
