"""Prints what Tests/DatasetsTests/DETRMapperTests.swift expects: MaskFormer's detr_panoptic_dataset_mapper.py with our
random numbers.

Run from the package's folder, with checkouts of both:
    python Tools/reference/detr_panoptic.py path/to/detectron2 path/to/MaskFormer
Needs torch, numpy, pillow, fvcore and pycocotools. The mapper and detectron2's transforms are imported from there, with
stand-ins for the rest.
"""
import importlib.util
import sys
import types
from pathlib import Path

import numpy as np

from augmentation import fnv, label_map, picture
from instance_mappers import SampleRandom, official

SEGMENTS = [(3, 11), (1, 0), (8, 4), (4, 70), (2, 120), (7, 56), (5, 17), (9, 90)]
CROWD = 4


def ids():
    """Segments 1 to 8 of `label_map`, and 9 in a corner, each with its number in red and green; 0 and 6 are in no
    list."""
    numbers = label_map(60, 90)
    numbers[:3, :4] = 9
    return np.stack([numbers, numbers, np.zeros_like(numbers)], -1)


class Instances:
    def __init__(self, size):
        self.size = size


def mapper(detectron2, maskformer, crop):
    T, _ = official(detectron2)

    def stub(name, **content):
        module = sys.modules.setdefault(name, types.ModuleType(name))
        module.__dict__.update(content)

    files = {"image": picture(60, 90), "segments": ids()}
    utils = types.SimpleNamespace(
        read_image=lambda name, format: files[name], check_image_size=lambda *arguments: None)
    stub("detectron2.config", configurable=lambda function: function)
    stub("detectron2.data", detection_utils=utils, transforms=T)
    stub("detectron2.structures", Instances=Instances, BitMasks=lambda masks: types.SimpleNamespace(tensor=masks))
    stub("panopticapi")
    stub("panopticapi.utils", rgb2id=lambda color: color.astype(np.uint32) @ np.array([1, 256, 65536], np.uint32))
    path = maskformer / "mask_former/data/dataset_mappers/detr_panoptic_dataset_mapper.py"
    spec = importlib.util.spec_from_file_location("detr_mapper", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    size = types.SimpleNamespace(ENABLED=crop, TYPE="absolute_range", SIZE=(384, 600))
    config = types.SimpleNamespace(INPUT=types.SimpleNamespace(
        MIN_SIZE_TRAIN=(40, 64, 97), MAX_SIZE_TRAIN=133, MIN_SIZE_TRAIN_SAMPLING="choice", FORMAT="RGB", CROP=size))
    kind = module.DETRPanopticDatasetMapper
    return kind(**kind.from_config(config))


def draw_from(random):
    """Coins are heads where detectron2 sees a number above one half, or below it for a flip."""
    np.random.rand = lambda: 1.0 if random.coin() else 0.0
    np.random.uniform = lambda low, high, size: 0.0 if random.coin() else 1.0
    np.random.choice = lambda items: items[random.below(len(items))]
    np.random.randint = lambda low, high=None: random.below(low) if high is None else low + random.below(high - low)


if __name__ == "__main__":
    for crop in (True, False):
        made = mapper(Path(sys.argv[1]), Path(sys.argv[2]), crop)
        for seed in range(1, 9) if crop else (1, 2):
            draw_from(SampleRandom(seed, 0, 0))
            sample = made({"file_name": "image", "pan_seg_file_name": "segments", "segments_info": [
                {"id": number * 257, "category_id": category, "iscrowd": int(number == CROWD)}
                for number, category in SEGMENTS]})
            image = sample["image"].numpy().transpose(1, 2, 0)
            masks = sample["instances"].gt_masks.numpy()
            assert masks.sum(0).max() <= 1
            numbers = sum((place + 1) * mask.astype(np.uint8) for place, mask in enumerate(masks))
            empty = int((masks.reshape(len(masks), -1).sum(1) == 0).sum())
            print(f"({str(crop).lower()}, {seed}, [{image.shape[0]}, {image.shape[1]}], 0x{fnv(image.tobytes()):016X}, "
                  f"0x{fnv(numbers.astype(np.uint8).tobytes()):016X}, {empty}),", sample["instances"].gt_classes.tolist())
