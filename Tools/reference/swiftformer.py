"""Makes Tests/GoldenTests/SwiftFormerExpectations.swift: tensors and maps of timm's and transformers' small SwiftFormers.

Run from the package's folder: python Tools/reference/swiftformer.py
Needs torch, timm and transformers; nothing is downloaded. Weights and images are functions of names (fill rule); the
maps are those after the stages, in float64. timm's attention is normalised over the tokens, that of transformers is the
first release's.
"""
from pathlib import Path

import timm
import torch
import transformers

from fill import parameter, uniform

WIDTHS, DEPTHS = [8, 12, 16, 20], [2, 1, 1, 1]


def numbers(name, count):
    return torch.tensor(uniform(name, count))


def fill(name, shape):
    return torch.tensor(parameter(name, shape)).float().double()


def filled(model, stages):
    """The model's tensors, and sum and norm of the stages' maps, channels last."""
    model = model.double().eval()
    state = {k: v if v.dtype == torch.int64 else fill(k, list(v.shape)) for k, v in model.state_dict().items()}
    model.load_state_dict(state)
    maps = []
    for stage in stages:
        stage.register_forward_hook(lambda module, inputs, output: maps.append(output.permute(0, 2, 3, 1)))
    with torch.no_grad():
        model((2 * numbers("image", 2 * 45 * 70 * 3) - 1).reshape(2, 45, 70, 3).permute(0, 3, 1, 2))
    figures = [(float((m.flatten() * (2 * numbers(f"map{i}", m.numel()) - 1)).sum()), float(m.norm()))
               for i, m in enumerate(maps)]
    return state, figures


model = timm.models.swiftformer.SwiftFormer(layers=DEPTHS, embed_dims=WIDTHS, downsamples=[False, True, True, True],
                                           num_classes=3)
timms = filled(model, model.stages)
config = transformers.SwiftFormerConfig(embed_dims=WIDTHS, depths=DEPTHS, num_labels=3)
model = transformers.SwiftFormerForImageClassification(config)
theirs = filled(model, list(model.swiftformer.encoder.network)[::2])


def swift(name, state, figures):
    rows = "\n".join(f"        [{a:.8g}, {b:.8g}]," for a, b in figures)
    tensors = "\n".join(f'        ("{k}", {list(v.shape)}),' for k, v in state.items() if v.dtype != torch.int64)
    return f"""\
    /// Maps after the stages, filled by {name}'s names.
    static let {name}: [[Double]] = [
{rows}
    ]
    /// Its tensors.
    static let {name}Tensors: [(name: String, shape: [Int])] = [
{tensors}
    ]
"""


Path("Tests/GoldenTests/SwiftFormerExpectations.swift").write_text(f"""\
// Made by Tools/reference/swiftformer.py (torch {torch.__version__}, transformers {transformers.__version__}, timm \
{timm.__version__}), in float64.

/// Of a tensor: its dot product with 2 · uniform(name) − 1, and its norm.
enum SwiftFormerExpectations {{
{swift("timm", *timms)}{swift("transformers", *theirs)}}}
""")
