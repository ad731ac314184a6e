"""Makes Sources/Diagnostics/SelfTestGolden+PEM.swift: what the official code computes for pem-doctor's self-test.

    self_test.py --pem CHECKOUT --detectron2 CHECKOUT
Run from the package's folder. A small PEM, every parameter and the picture functions of their names (fill rule), goes
through the official code in float64: the last layer's class logits and every second row and column of its mask logits,
then the gradients of their sum weighted by fixed numbers, for each parameter the L2 norm and the product with fixed
numbers. Of the pictures 0, 1, 2, ... the first is taken for which float32 on several numbers of threads chooses the same
prototypes, so that outputs and gradients are near those of float64. Needs what official_model.py needs.
"""
import argparse
import subprocess
import tempfile
from pathlib import Path

import torch

from fill import parameter, uniform
from official import builder

TARGET = Path("Sources/Diagnostics/SelfTestGolden+PEM.swift")
HEIGHT, WIDTH = 96, 160
CONFIGURATION = """\
MODEL:
  META_ARCHITECTURE: "MaskFormer"
  BACKBONE: {NAME: "build_resnet_backbone", FREEZE_AT: 0}
  PIXEL_MEAN: [123.675, 116.28, 103.53]
  PIXEL_STD: [58.395, 57.12, 57.375]
  RESNETS:
    DEPTH: 50
    STEM_OUT_CHANNELS: 8
    RES2_OUT_CHANNELS: 16
    STRIDE_IN_1X1: False
    NORM: "BN"
    OUT_FEATURES: ["res2", "res3", "res4", "res5"]
  SEM_SEG_HEAD:
    NAME: "MaskFormerHead"
    NUM_CLASSES: 3
    CONVS_DIM: 16
    MASK_DIM: 32
    NORM: "BN"
    PIXEL_DECODER_NAME: "PEM_Pixel_Decoder"
    IN_FEATURES: ["res2", "res3", "res4", "res5"]
  MASK_FORMER:
    TRANSFORMER_DECODER_NAME: "MultiScaleMaskedTransformerDecoder"
    TRANSFORMER_IN_FEATURE: "multi_scale_pixel_decoder"
    HIDDEN_DIM: 32
    NUM_OBJECT_QUERIES: 8
    NHEADS: 4
    DIM_FEEDFORWARD: 64
    DEC_LAYERS: 4
    PRE_NORM: True
    ENFORCE_INPUT_PROJ: True
    DROPOUT: 0.0
    SIZE_DIVISIBILITY: 32
    TEST: {SEMANTIC_ON: True}
INPUT: {FORMAT: "RGB"}
VERSION: 2
"""


def weights(name, shape):
    return torch.tensor(2 * uniform(f"weights:{name}", shape.numel()) - 1).reshape(shape)


def results(model, image):
    """Class logits, mask logits, and each parameter's gradient by its name."""
    model.zero_grad()
    parameters = dict(model.named_parameters())
    kind = next(iter(parameters.values())).dtype
    output = model.sem_seg_head(model.backbone(((image.to(kind) - model.pixel_mean) / model.pixel_std)[None]))
    classes, masks = output["pred_logits"], output["pred_masks"]
    loss = (classes * weights("pred_logits", classes.shape).to(kind)).sum()
    loss = loss + (masks * weights("pred_masks", masks.shape).to(kind)).sum() / masks[0, 0].numel()
    loss.backward()
    gradients = {name: value.grad for name, value in parameters.items() if value.grad is not None}
    return classes.detach(), masks.detach()[:, :, ::2, ::2], gradients


def summary(name, gradient):
    return [float(gradient.double().norm()), float((gradient.double() * weights(name, gradient.shape)).sum())]


def distance(mine, golden):
    """How far results are from the golden's, relative to the largest logit or to a gradient's norm."""
    logits = max(float((a.double() - b).abs().max() / b.abs().max()) for a, b in zip(mine[:2], golden[:2]))
    gradients = max(
        abs(a - b) / max(summary(name, golden[2][name])[0], 1e-12)
        for name in golden[2] for a, b in zip(summary(name, mine[2][name]), summary(name, golden[2][name])))
    return logits, gradients


def fill(model):
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point() and not name.startswith("criterion."):
                tensor.copy_(torch.tensor(parameter(name, tuple(tensor.shape))).float())


def literal(values):
    words = [f"{float(value):.6g}" for value in values]
    lines, line = [], "           "
    for word in words:
        if len(line) + len(word) > 116:
            lines, line = lines + [line], "           "
        line += f" {word},"
    return "[\n" + "\n".join(lines + [line]) + "\n        ]"


options = argparse.ArgumentParser()
options.add_argument("--pem", required=True)
options.add_argument("--detectron2", required=True)
options = options.parse_args()
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "tiny.yaml"
    # The official model asks for the name of a data set. Ours takes a quarter of RES2_OUT_CHANNELS for the bottlenecks,
    # as it is in the standard networks.
    narrow = CONFIGURATION.replace("    STEM_OUT_CHANNELS", "    WIDTH_PER_GROUP: 4\n    STEM_OUT_CHANNELS")
    file.write_text(narrow + 'DATASETS: {TRAIN: ["self-test"]}\n')
    build = builder("pem", options.pem, options.detectron2)
    single, double = build(file), build(file).double()
fill(single)
fill(double)
# Only ever meant as "not half".
to_float = torch.Tensor.float
for index in range(100):
    image = torch.tensor(uniform(f"image:self-test:{index}", 3 * HEIGHT * WIDTH) * 256).floor().reshape(3, HEIGHT, WIDTH)
    torch.Tensor.float = lambda tensor: tensor
    golden = results(double, image)
    torch.Tensor.float = to_float
    errors = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        errors.append(distance(results(single, image), golden))
    print(f"picture {index}: float32 differs by {errors}", flush=True)
    if max(logits for logits, _ in errors) < 1e-5 and max(gradients for _, gradients in errors) < 1e-3:
        break
else:
    raise SystemExit("no picture without a tie")

commit = subprocess.run(["git", "-C", options.pem, "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
names = sorted(golden[2])
TARGET.write_text(f"""\
// Written by Tools/reference/self_test.py: what the official PEM (commit {commit[:12]}) computes in
// float64 with PyTorch {torch.__version__.split("+")[0]}.

extension SelfTestGolden {{
    /// A small PEM on a ResNet-50 of narrow layers.
    static let pem = SelfTestGolden(
        name: "PEM",
        configuration: \"\"\"
{"".join("            " + line + chr(10) for line in CONFIGURATION.splitlines())}            \"\"\",
        image: "image:self-test:{index}", height: {HEIGHT}, width: {WIDTH},
        classLogits: {literal(golden[0].flatten())},
        maskLogits: {literal(golden[1].flatten())},
        gradients: {literal(number for name in names for number in summary(name, golden[2][name]))})
}}
""")
print(f"{TARGET}: {TARGET.stat().st_size} bytes, {len(names)} gradients")
