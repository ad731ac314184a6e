"""Makes Tests/CriteriaTests/MaskFormerExpectations.swift: losses and gradients of MaskFormer's official criteria.

Run from the package's folder, with a checkout of the official project:
    python Tools/reference/maskformer.py path/to/MaskFormer
Needs torch, torchvision and scipy. The official code is imported from there, with stand-ins for detectron2. It runs in
float64, its casts to float32 made no-ops; inputs are functions of names, as in the tests.
"""
import sys
from pathlib import Path

import torch

from expectations import cells_of, criterion_expectation, literal, load, names, pairs, stub, targets_of
from streams import test_tensor


class Registry:
    def register(self):
        return lambda kind: kind


def official(maskformer):
    torch.Tensor.float = lambda tensor: tensor
    stub("fvcore")
    stub("fvcore.nn")
    stub("fvcore.nn.weight_init")
    sys.modules["fvcore.nn"].weight_init = sys.modules["fvcore.nn.weight_init"]
    stub("detectron2")
    stub("detectron2.config", configurable=lambda function: function)
    stub("detectron2.layers", Conv2d=None, ShapeSpec=None, get_norm=None)
    stub("detectron2.modeling", SEM_SEG_HEADS_REGISTRY=Registry())
    stub("detectron2.utils")
    stub("detectron2.utils.comm", get_world_size=lambda: 1)
    for name in ("mask_former", "mask_former.modeling", "mask_former.modeling.heads", "mask_former.utils",
                 "mask_former.modeling.transformer"):
        stub(name)
    stub("mask_former.modeling.transformer.transformer_predictor", TransformerPredictor=None)
    stub("mask_former.modeling.heads.pixel_decoder", build_pixel_decoder=None)
    package = maskformer / "mask_former"
    load(package / "utils/misc.py", "mask_former.utils.misc")
    matcher = load(package / "modeling/matcher.py", "mask_former.modeling.matcher")
    criterion = load(package / "modeling/criterion.py", "mask_former.modeling.criterion")
    head = load(package / "modeling/heads/per_pixel_baseline.py", "mask_former.modeling.heads.per_pixel_baseline")
    return matcher, criterion, head


def by_class(outputs, targets):
    """Fixed matching, as the authors describe it (their issue 22): query i predicts class i."""
    return [(target["labels"], torch.arange(len(target["labels"]))) for target in targets]


def run(case, matcher, criterion):
    name, outputs, batch, queries = case["name"], case["outputs"], len(case["classes"]), case["queries"]
    height, width = case["features"]
    features = test_tensor(name + " features", [batch, height, width, 5]).requires_grad_()
    logits = [test_tensor(f"{name} logits {k}", [batch, queries, 5], 2).requires_grad_() for k in range(outputs)]
    embeddings = [
        test_tensor(f"{name} embeddings {k}", [batch, queries, 5], 2).requires_grad_() for k in range(outputs)]
    match = by_class if case["fixed"] else matcher.HungarianMatcher(cost_class=1, cost_mask=20, cost_dice=1)
    loss = criterion.SetCriterion(
        4, matcher=match, weight_dict={}, eos_coef=0.1, losses=["labels", "masks"]).double()
    loss.matcher = match
    predictions = [
        {"pred_logits": logits[k], "pred_masks": torch.einsum("bqc,bhwc->bqhw", embeddings[k], features)}
        for k in range(outputs)]
    losses = loss({**predictions[-1], "aux_outputs": predictions[:-1]}, targets_of(case))
    weights = {"ce": 1, "mask": 20, "dice": 1}
    weighted = {key: value * weights[key.split("_")[1]] for key, value in losses.items()}
    sum(weighted.values()).backward()
    return {
        "names": list(weighted), "losses": [value.item() for value in weighted.values()],
        "features": features.grad, "logits": torch.stack([x.grad for x in logits]),
        "embeddings": torch.stack([x.grad for x in embeddings]),
    }


def run_pixels(case, head):
    name, (height, width) = case["name"], case["canvas"]
    shape = [len(case["sizes"]), height // 4, width // 4, case["classes"]]
    logits = [test_tensor(f"{name} logits {k}", shape, 3).requires_grad_() for k in range(case["outputs"])]
    labels = torch.full((len(case["sizes"]), height, width), 255)
    for image, (rows, columns) in enumerate(case["sizes"]):
        cells = torch.tensor(cells_of(name, image, rows, columns, case["classes"] + 1))
        labels[image, :rows, :columns] = torch.where(cells == case["classes"], 255, cells)

    class Head:
        common_stride, ignore_value, loss_weight = 4, 255, case["weight"]

    losses = [
        head.PerPixelBaselineHead.losses(Head, x.permute(0, 3, 1, 2), labels)["loss_sem_seg"] for x in logits]
    sum(losses).backward()
    count = len(logits) - 1
    return {
        "names": ["loss_sem_seg"] + [f"loss_sem_seg_{k}" for k in range(count)],
        "losses": [losses[k].item() for k in [count, *range(count)]],
        "logits": torch.stack([x.grad for x in logits]),
    }


MASK_CASES = [
    {"name": "two images, one padded", "outputs": 3, "queries": 6, "canvas": (24, 32), "features": (6, 8),
     "classes": [[0, 2, 3], [1, 3]], "sizes": [(24, 32), (17, 29)], "fixed": False},
    {"name": "a canvas that 4 does not divide", "outputs": 2, "queries": 3, "canvas": (26, 31), "features": (7, 8),
     "classes": [[0, 1, 2, 3, 3], [2]], "sizes": [(26, 31), (25, 30)], "fixed": False},
    {"name": "fixed matching", "outputs": 2, "queries": 4, "canvas": (16, 20), "features": (4, 5),
     "classes": [[0, 2, 3], [1]], "sizes": [(16, 20), (14, 20)], "fixed": True},
]
PIXEL_CASES = [
    {"name": "one output", "outputs": 1, "classes": 19, "canvas": (8, 12), "sizes": [(8, 12), (7, 9)],
     "weight": 1},
    {"name": "three outputs, weighted", "outputs": 3, "classes": 5, "canvas": (12, 16), "sizes": [(12, 13)],
     "weight": 0.5},
]


def main():
    matcher, criterion, head = official(Path(sys.argv[1]))
    parts = []
    for case in MASK_CASES:
        result = run(case, matcher, criterion)
        print(case["name"], dict(zip(result["names"], result["losses"])))
        more = f"""
        canvas: {case["canvas"]}, features: {case["features"]}, isFixed: {str(case["fixed"]).lower()},"""
        parts.append(criterion_expectation(case, result, more))
    pixels = []
    for case in PIXEL_CASES:
        result = run_pixels(case, head)
        print(case["name"], dict(zip(result["names"], result["losses"])))
        pixels.append(f"""    PixelExpectation(
        name: "{case["name"]}", outputs: {case["outputs"]}, classes: {case["classes"]}, canvas: {case["canvas"]},
        sizes: [{pairs(case["sizes"])}], weight: {case["weight"]},
        lossNames: [
{names(result["names"])}
        ],
        losses: [
{literal(result["losses"], 12)}
        ],
        dLogits: [
{literal(result["logits"].flatten().tolist(), 12)}
        ]),
""")
    text = f"""// Made by Tools/reference/maskformer.py (torch {torch.__version__}): the official criteria in float64.

let maskFormerExpectations = [
{"".join(parts)}]

let pixelExpectations = [
{"".join(pixels)}]
"""
    Path("Tests/CriteriaTests/MaskFormerExpectations.swift").write_text(text)


main()
