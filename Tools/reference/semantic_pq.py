"""Prints the panoptic scores that Tests/MetricsTests/RegionQualityTests.swift expects of semantic label maps.

    python Tools/reference/semantic_pq.py path/to/MaskFormer path/to/panopticapi
The images are scored by pq_compute_single_image of MaskFormer's tools/evaluate_pq_for_semantic_segmentation.py with
panopticapi's PQStat. Needs numpy, and what panopticapi needs.
"""
import ast
import sys
from pathlib import Path

import numpy as np

CLASSES, IGNORE, IMAGES, PIXELS = 6, 255, 8, 500


def labels(image):
    """The formula of the test: regions of 97 pixels that predictions mostly agree with, in some images."""
    i = np.arange(image * PIXELS, (image + 1) * PIXELS, dtype=np.uint64)
    noise = (i * 2654435761 % 2**32) >> 16
    truth = (i // 97 * 31 % 7).astype(np.int64)
    truth[truth == 4] = 3            # class 4 is never true
    truth[truth == 6] = IGNORE
    wrong = noise % (2 + image) == 0
    return np.where(wrong, noise % CLASSES, np.where(truth == IGNORE, 4 - image % 2, truth)).astype(np.int64), truth


def single_image(maskformer):
    path = Path(maskformer) / "tools/evaluate_pq_for_semantic_segmentation.py"
    nodes = [node for node in ast.parse(path.read_text()).body
             if isinstance(node, ast.FunctionDef) and node.name == "pq_compute_single_image"]
    space = {"np": np, "PQStat": PQStat}
    exec(compile(ast.Module(body=nodes, type_ignores=[]), str(path), "exec"), space)
    return space["pq_compute_single_image"]


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[2])
    from panopticapi.evaluation import PQStat

    categories = {k: {"id": k, "isthing": 0} for k in range(CLASSES)}
    score, total = single_image(sys.argv[1]), PQStat()
    for image in range(IMAGES):
        prediction, truth = labels(image)
        total += score(truth, prediction, categories, IGNORE)
    means, each = total.pq_average(categories, isthing=None)
    print({name: repr(100 * float(means[name])) for name in ("pq", "sq", "rq")}, means["n"])
    for k in range(CLASSES):
        print(k, total[k].tp, total[k].fp, total[k].fn, each[k])
