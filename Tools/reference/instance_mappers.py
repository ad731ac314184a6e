"""Makes Tests/DatasetsTests/InstanceMapperExpectations.swift: what the official instance mappers make of an image.

Run from the package's folder, with a checkout of detectron2:
    python Tools/reference/instance_mappers.py path/to/detectron2
Needs torch, numpy, pillow, pycocotools, fvcore and shapely. detectron2's transforms are imported from there, with
stand-ins for the rest of it, and draw our random numbers; objects go the way of Mask2Former's
mask_former_instance_dataset_mapper.py and coco_instance_new_baseline_dataset_mapper.py. A mask is written as pycocotools
compresses it, a picture as its hash.
"""
import ast
import importlib
import json
import sys
import textwrap
import types
from pathlib import Path

import numpy as np
from pycocotools import mask as coco

from augmentation import fnv, picture

QUOTES = '"' * 3
MASK = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15


class SampleRandom:
    """SampleRandom of the sources."""

    def __init__(self, seed, epoch, index):
        self.state = self.mixed((self.mixed(self.mixed((seed + STEP) & MASK) ^ epoch) + STEP * index) & MASK)

    @staticmethod
    def mixed(bits):
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
        return bits ^ (bits >> 31)

    def next(self):
        self.state = (self.state + STEP) & MASK
        return self.mixed(self.state)

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * ((self.next() >> 11) * 2.0**-53)

    def below(self, bound):
        unfair = (-bound & MASK) % bound
        while True:
            product = self.next() * bound
            if product & MASK >= unfair:
                return product >> 64

    def coin(self):
        return self.next() >> 63 == 1


def official(detectron2):
    """detectron2.data.transforms, and transform_instance_annotations of detection_utils.py."""
    def stub(name, path=None, **content):
        module = types.ModuleType(name)
        module.__path__ = [str(path)] if path else []
        module.__dict__.update(content)
        sys.modules[name] = module

    stub("detectron2", detectron2 / "detectron2")
    stub("detectron2.data", detectron2 / "detectron2/data")
    stub("detectron2.structures", Boxes=None, pairwise_iou=None)
    stub("detectron2.utils")
    stub("detectron2.utils.env", TORCH_VERSION=(2, 0), fixup_module_metadata=lambda *names: None)
    transforms = importlib.import_module("detectron2.data.transforms")
    path = detectron2 / "detectron2/data/detection_utils.py"
    nodes = [node for node in ast.parse(path.read_text()).body
             if isinstance(node, ast.FunctionDef) and node.name == "transform_instance_annotations"]
    mode = types.SimpleNamespace(convert=lambda box, *modes: box, XYXY_ABS=0)
    space = {"np": np, "mask_util": coco, "T": transforms, "BoxMode": mode}
    exec(compile(ast.Module(body=nodes, type_ignores=[]), str(path), "exec"), space)
    return transforms, space["transform_instance_annotations"]


def ellipse(height, width):
    y, x = np.mgrid[:height, :width]
    return ((y - 30) / 17) ** 2 + ((x - 60) / 25) ** 2 < 1


def star(x, y, radius):
    """A concave polygon."""
    angles = np.arange(10) * np.pi / 5 + 0.3
    radii = np.where(np.arange(10) % 2 == 0, radius, 0.4 * radius)
    return np.stack([x + radii * np.cos(angles), y + radii * np.sin(angles)], 1).round(2).ravel().tolist()


def listing():
    """COCO's JSON of one image of 60 x 90."""
    mask = coco.encode(np.asfortranarray(ellipse(60, 90).astype(np.uint8)))
    shapes = [
        (3, 0, [[4.5, 8.25, 40.75, 3.5, 52.0, 31.1, 22.3, 44.9]]),
        (1, 0, [star(30, 25, 21.7), [70.5, 50.25, 86.0, 41.5, 89.9, 58.75]]),
        (44, 1, {"size": [60, 90], "counts": mask["counts"].decode()}),
        (62, 0, [[80.0, 2.0, 84.5, 2.5, 84.0, 7.0, 79.5, 6.5]]),
        (1, 0, [star(84, 30, 14)]),
        (90, 0, {"size": [60, 90], "counts": mask["counts"].decode()}),
    ]
    return {
        "images": [{"id": 7, "file_name": "000000000007.png", "height": 60, "width": 90}],
        "annotations": [
            {"id": i + 1, "image_id": 7, "category_id": category, "iscrowd": crowd, "area": 1, "segmentation": shape}
            for i, (category, crowd, shape) in enumerate(shapes)],
        "categories": [{"id": number} for number in (1, 3, 44, 62, 90)]}


def text(mask):
    return coco.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()


def drawn(segments, size):
    if isinstance(segments, np.ndarray):
        return segments
    if not segments:
        return np.zeros(size, np.uint8)
    return coco.decode(coco.merge(coco.frPyObjects(segments, *size)))


def run(case, T, transform_annotations):
    random = SampleRandom(case["seed"], 0, 0)
    image, objects = picture(60, 90), [dict(a, bbox=[0, 0, 1, 1], bbox_mode=0) for a in listing()["annotations"]]
    np.random.uniform = random.uniform
    if case["jitter"]:
        # Polygons alone: the official mapper takes no masks.
        objects = [a for a in objects if isinstance(a["segmentation"], list)]
        steps = [T.HFlipTransform(90)] if random.coin() else []
        resize = T.ResizeScale(*case["scales"], case["side"], case["side"])
        crop = T.FixedSizeCrop((case["side"], case["side"]))
        for augmentation in (resize, crop):
            current = T.TransformList(steps).apply_image(image)
            steps.append(augmentation.get_transform(current))
    else:
        lengths = case["lengths"]
        height, width = T.ResizeShortestEdge.get_output_shape(60, 90, lengths[random.below(len(lengths))], 400)
        steps = [T.ResizeTransform(60, 90, height, width)]
        rows, columns = min(case["crop"][0], height), min(case["crop"][1], width)
        y, x = random.below(height - rows + 1), random.below(width - columns + 1)
        steps.append(T.CropTransform(x, y, columns, rows))
        if random.coin():
            steps.append(T.HFlipTransform(columns))
    transforms = T.TransformList(steps)
    image = transforms.apply_image(image)
    found = []
    numbers = {1: 0, 3: 2, 44: 39, 62: 56, 90: 79}
    for annotation in objects:
        if annotation["iscrowd"]:
            continue
        moved = transform_annotations(annotation, transforms, image.shape[:2])["segmentation"]
        if case["jitter"]:
            # filter_empty_instances: boxes above 1e-5, and at least a polygon.
            if not moved:
                continue
            corners = np.concatenate([p.reshape(-1, 2) for p in moved])
            if (corners.max(0) - corners.min(0) <= 1e-5).any():
                continue
        found.append((numbers[annotation["category_id"]], text(drawn(moved, image.shape[:2]))))
    return image, found


CASES = (
    [{"seed": seed, "jitter": True, "side": 48, "scales": scales}
     for seed, scales in [(1, (0.1, 2.0)), (2, (1.5, 2.0)), (3, (0.3, 0.6)), (4, (1.5, 2.0)), (6, (0.9, 3.0))]]
    + [{"seed": seed, "jitter": False, "lengths": [40, 60, 97], "crop": (44, 50)} for seed in (1, 2, 5, 8)])

if __name__ == "__main__":
    T, transform_annotations = official(Path(sys.argv[1]))
    parts = []
    for case in CASES:
        image, found = run(case, T, transform_annotations)
        low, high = case.get("scales", (1, 1))
        rows = []
        for number, rle in found:
            lines = [rle[i:i + 90].replace("\\", "\\\\") for i in range(0, len(rle), 90)]
            rows.append(f'            ({number}, """\n' + "\\\n".join(" " * 16 + line for line in lines)
                        + '\n                """),\n')
        print(case, image.shape, [kind for kind, _ in found])
        parts.append(f"""    InstanceMapperExpectation(
        seed: {case["seed"]}, jitters: {str(case["jitter"]).lower()}, scales: {low}...{high},
        height: {image.shape[0]}, width: {image.shape[1]}, hash: 0x{fnv(image.tobytes()):016X},
        objects: [
{"".join(rows)}        ]),
""")
    text_of_list = textwrap.fill(json.dumps(listing()), 110, break_long_words=False, break_on_hyphens=False)
    Path("Tests/DatasetsTests/InstanceMapperExpectations.swift").write_text(
        f"""// Made by Tools/reference/instance_mappers.py: detectron2's transforms with our random numbers.

let instanceMapperList = #{QUOTES}
{textwrap.indent(text_of_list, "    ")}
    {QUOTES}#

let instanceMapperExpectations = [
{"".join(parts)}]
""")
