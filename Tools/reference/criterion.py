"""Makes Tests/CriteriaTests/CriterionExpectations.swift: losses and gradients of the official criterion.

Run from the package's folder, with checkouts of the two official projects:
    python Tools/reference/criterion.py path/to/PEM path/to/detectron2
Needs torch, torchvision and scipy. The official code is imported from there, with stand-ins for the rest of detectron2.
It runs in float64, its casts to float32 made no-ops; inputs and random numbers are functions of names, as in the tests.
"""
import sys
from pathlib import Path

import torch

from expectations import criterion_expectation, load, stub, targets_of
from streams import bits, test_tensor


def official(pem, detectron2):
    torch.jit.script = lambda function: function
    torch.Tensor.float = lambda tensor: tensor

    stub("detectron2")
    stub("detectron2.layers", cat=torch.cat, shapes_to_tensor=None)
    stub("detectron2.structures", BitMasks=None, Boxes=None)
    stub("detectron2.utils")
    stub("detectron2.utils.comm", get_world_size=lambda: 1)
    stub("detectron2.projects")
    stub("detectron2.projects.point_rend")
    load(detectron2 / "projects/PointRend/point_rend/point_features.py",
         "detectron2.projects.point_rend.point_features")
    for name in ("pem", "pem.modeling", "pem.utils"):
        stub(name)
    load(pem / "pem/utils/misc.py", "pem.utils.misc")
    matcher = load(pem / "pem/modeling/matcher.py", "pem.modeling.matcher")
    return matcher, load(pem / "pem/modeling/criterion.py", "pem.modeling.criterion")


def run(case, modules):
    matcher, criterion = modules
    name, outputs, batch, queries = case["name"], case["outputs"], len(case["classes"]), case["queries"]
    features = test_tensor(name + " features", [batch, 6, 8, 5]).requires_grad_()
    logits = [test_tensor(f"{name} logits {k}", [batch, queries, 5], 2).requires_grad_() for k in range(outputs)]
    embeddings = [test_tensor(f"{name} embeddings {k}", [batch, queries, 5], 2).requires_grad_() for k in range(outputs)]
    draws = []

    def rand(*shape, device=None):
        count = torch.Size(shape).numel()
        values = [(z >> 40) * 2.0**-24 for z in bits(f"{name} draw {len(draws)}", count)]
        draws.append(shape)
        return torch.tensor(values, dtype=torch.float64).reshape(shape)

    torch.rand = rand
    match = matcher.HungarianMatcher(cost_class=2, cost_mask=5, cost_dice=5, num_points=40)
    loss = criterion.SetCriterion(
        4, matcher=match, weight_dict={}, eos_coef=0.1, losses=["labels", "masks"], num_points=40,
        oversample_ratio=3.0, importance_sample_ratio=0.75).double()
    predictions = [
        {"pred_logits": logits[k], "pred_masks": torch.einsum("bqc,bhwc->bqhw", embeddings[k], features)}
        for k in range(outputs)]
    losses = loss({**predictions[-1], "aux_outputs": predictions[:-1]}, targets_of(case))
    weights = {"ce": 2, "mask": 5, "dice": 5}
    weighted = {key: value * weights[key.split("_")[1]] for key, value in losses.items()}
    sum(weighted.values()).backward()
    return {
        "names": list(weighted), "losses": [value.item() for value in weighted.values()], "draws": draws,
        "features": features.grad, "logits": torch.stack([x.grad for x in logits]),
        "embeddings": torch.stack([x.grad for x in embeddings]),
    }


CASES = [
    {"name": "two images", "outputs": 3, "queries": 6, "canvas": (24, 32),
     "classes": [[0, 2, 3], [1, 3]], "sizes": [(24, 32), (17, 29)]},
    {"name": "more segments than queries", "outputs": 2, "queries": 3, "canvas": (24, 32),
     "classes": [[0, 1, 2, 3, 3], [2]], "sizes": [(24, 30), (24, 32)]},
]


def main():
    modules = official(Path(sys.argv[1]), Path(sys.argv[2]))
    parts = []
    for case in CASES:
        result = run(case, modules)
        print(case["name"], dict(zip(result["names"], result["losses"])), result["draws"])
        parts.append(criterion_expectation(case, result))
    text = f"""// Made by Tools/reference/criterion.py (torch {torch.__version__}): the official criterion in float64.

let criterionExpectations = [
{"".join(parts)}]
"""
    Path("Tests/CriteriaTests/CriterionExpectations.swift").write_text(text)


main()
