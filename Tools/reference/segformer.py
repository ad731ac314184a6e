"""Makes Tests/CheckpointsTests/Fixtures/segformer.json: names, shapes and logits of a small SegFormer of transformers.

Run from the package's folder: python Tools/reference/segformer.py
Needs torch and transformers; nothing is downloaded. `names` are those of a file that transformers saves, `memory` those
of the model itself, by the names of the file. Weights are functions of the file's names, the image of its name (fill
rule); logits, channels first, are those of float64.
"""
import json
import tempfile
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file

from fill import parameter, uniform

SHAPE = [1, 3, 45, 70]


config = transformers.SegformerConfig(
    hidden_sizes=[8, 12, 20, 24], depths=[1, 2, 1, 1], num_attention_heads=[1, 2, 5, 4], decoder_hidden_size=16,
    num_labels=3)
model = transformers.SegformerForSemanticSegmentation(config).eval()
with torch.no_grad():
    for index, value in enumerate(model.state_dict().values()):
        if value.is_floating_point():
            value.copy_(torch.rand(value.shape, generator=torch.Generator().manual_seed(index)))
with tempfile.TemporaryDirectory() as folder:
    model.save_pretrained(folder)
    saved = load_file(folder + "/model.safetensors")
saved = {name: value for name, value in saved.items() if value.is_floating_point()}
memory = {
    name: next(own for own, other in model.state_dict().items() if other.shape == value.shape and other.equal(value))
    for name, value in saved.items()
}
model.double()
with torch.no_grad():
    for name, own in memory.items():
        model.state_dict()[own].copy_(torch.tensor(parameter(name, tuple(saved[name].shape))).float())
    image = 2 * torch.tensor(uniform("image", torch.Size(SHAPE).numel())).reshape(SHAPE) - 1
    logits = model(image.float().double()).logits
Path("Tests/CheckpointsTests/Fixtures/segformer.json").write_text(json.dumps({
    "origin": f"transformers {transformers.__version__}", "image": SHAPE, "shape": list(logits.shape),
    "names": {name: list(value.shape) for name, value in saved.items()}, "memory": memory,
    "logits": [round(value, 7) for value in logits.flatten().tolist()],
}, separators=(",", ":")) + "\n")
