"""Makes Tests/NetworksTests/InstanceExpectations.swift: what the official instance inference finds.

Run from the package's folder, with checkouts of the two official projects:
    python Tools/reference/instances.py path/to/PEM path/to/detectron2
Needs torch and pycocotools. The official functions are imported from there, with stand-ins for the rest of detectron2;
inputs are functions of names, as in the tests. Masks are compressed by pycocotools.
"""
import ast
import sys
import types
from pathlib import Path

import numpy as np
import torch
from pycocotools import mask as coco
from torch.nn import functional as F

from streams import test_tensor


def functions(path, names):
    """Some functions of a file whose imports we do not have."""
    space = {
        "torch": torch, "F": F, "Boxes": lambda boxes: boxes,
        "Instances": lambda size: types.SimpleNamespace(image_size=size)}
    nodes = [node for node in ast.walk(ast.parse(path.read_text()))
             if isinstance(node, ast.FunctionDef) and node.name in names]
    exec(compile(ast.Module(body=nodes, type_ignores=[]), str(path), "exec"), space)
    return [space[name] for name in names]


def run(case, inference, postprocess):
    name, queries, classes = case["name"], case["queries"], case["classes"]
    features = test_tensor(name + " features", [1, 6, 9, 4], 3).float()
    logits = test_tensor(name + " logits", [1, queries, classes + 1], 3).float()
    embeddings = test_tensor(name + " embeddings", [1, queries, 4], 2).float()
    masks = torch.einsum("bqc,bhwc->bqhw", embeddings, features)
    # As MaskFormer.forward does.
    masks = F.interpolate(masks, size=(24, 36), mode="bilinear", align_corners=False)
    masks = postprocess(masks[0], (22, 33), *case["output"])
    things = case["things"]
    model = types.SimpleNamespace(
        sem_seg_head=types.SimpleNamespace(num_classes=classes), num_queries=queries, device="cpu",
        test_topk_per_image=case["count"], panoptic_on=things is not None,
        metadata=types.SimpleNamespace(thing_dataset_id_to_contiguous_id={k: k for k in things or []}))
    found = inference(model, logits[0], masks)
    # No pixel may hang on the last bit.
    assert masks.abs().min() > 1e-5, (name, masks.abs().min())
    rows = sorted(zip(found.scores.tolist(), found.pred_classes.tolist(), found.pred_masks), key=lambda row: -row[0])
    return [(score, kind, coco.encode(np.asfortranarray(mask.numpy().astype(np.uint8)))["counts"].decode())
            for score, kind, mask in rows]


def row(score, kind, rle):
    lines = [rle[i:i + 96].replace("\\", "\\\\") for i in range(0, len(rle), 96)]
    text = "\\\n".join(" " * 20 + line for line in lines)
    return f'''            .init(
                category: {kind}, score: {score:.7g},
                text: """
{text}
                    """),
'''


CASES = [
    {"name": "image's size", "queries": 4, "classes": 3, "count": 6, "things": None, "output": (22, 33)},
    {"name": "things alone", "queries": 4, "classes": 4, "count": 11, "things": [0, 2], "output": (17, 40)},
    {"name": "wider than a word", "queries": 18, "classes": 2, "count": 7, "things": None, "output": (9, 70)},
]

if __name__ == "__main__":
    pem, detectron2 = map(Path, sys.argv[1:3])
    [inference] = functions(pem / "pem/maskformer_model.py", ["instance_inference"])
    [postprocess] = functions(detectron2 / "detectron2/modeling/postprocessing.py", ["sem_seg_postprocess"])
    parts = []
    for case in CASES:
        things = "nil" if case["things"] is None else f"{[k in case['things'] for k in range(case['classes'])]}".lower()
        parts.append(f"""    InstanceExpectation(
        name: "{case["name"]}", queries: {case["queries"]}, classes: {case["classes"]}, count: {case["count"]},
        isThing: {things}, output: {case["output"]},
        instances: [
{"".join(row(*found) for found in run(case, inference, postprocess))}        ]),
""")
    Path("Tests/NetworksTests/InstanceExpectations.swift").write_text(
        f"""// Made by Tools/reference/instances.py (torch {torch.__version__}): the official instance inference.

let instanceExpectations = [
{"".join(parts)}]
""")
