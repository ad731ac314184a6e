"""Makes Tests/Fixtures/ADE20KFull: a few images in the layout of ADE20K_2021_17_01 (given), and what MaskFormer's
prepare_ade20k_full_sem_seg.py makes of them (official; its TIFF labels as PNG).

Run from the package's folder, with a checkout of MaskFormer: python Tools/reference/ade20k_full.py path/to/MaskFormer
Needs numpy, pillow, torch and opencv-python. Prints what ADE20KFullTests.swift expects of cv2.resize.
"""
import os
import pickle
import runpy
import shutil
import sys
import types
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from augmentation import fnv, label_map, picture

NAME = "ADE20K_2021_17_01"
TARGET = Path("Tests/Fixtures/ADE20KFull")
# Rows, columns: shrunk by the height, by the width, as it is with a long side above the limit, and square.
IMAGES = [
    ("images/ADE/training/urban/street", "ADE_train_00000001.jpg", (514, 571)),
    ("images/ADE/training/home_or_hotel/bath", "ADE_train_00000002.jpg", (40, 60)),
    ("images/ADE/validation/home_or_hotel/bath", "ADE_val_00000001.jpg", (533, 515)),
    ("images/ADE/validation/urban/street", "ADE_val_00000002.jpg", (20, 540)),
]


def objects(height, width, known):
    """Numbers of objects in tiles: known classes, one that is none, and nothing."""
    y, x = np.mgrid[:height, :width]
    tile = (x + y // 3) // 37 + 5 * (y // 29)
    numbers = np.array([*known, 17, 0])[tile * 7 % (len(known) + 2)]
    rgb = np.zeros((height, width, 3), np.uint8)
    # Red is ten times the high byte and the number of the part; blue tells instances apart.
    rgb[..., 0], rgb[..., 1], rgb[..., 2] = numbers // 256 * 10 + tile % 10, numbers % 256, tile
    return rgb


def main(checkout):
    shutil.rmtree(TARGET, ignore_errors=True)
    given = TARGET / "given"
    known = [2978, 312, 2420, 57, 1831, 3148, 256, 512, 138]
    for folder, name, (height, width) in IMAGES:
        path = given / NAME / folder
        path.mkdir(parents=True, exist_ok=True)
        y, x = np.mgrid[:height, :width]
        picture = np.stack([x * 255 // width, y * 255 // height, (x + y) * 255 // (width + height)], -1)
        picture[(x // 64 + y // 64) % 2 == 0] = 255 - picture[(x // 64 + y // 64) % 2 == 0]
        Image.fromarray(picture.astype(np.uint8)).save(path / name)
        Image.fromarray(objects(height, width, known)).save(path / name.replace(".jpg", "_seg.png"), optimize=True)
    index = {
        "filename": [name for _, name, _ in IMAGES], "folder": [f"{NAME}/{folder}" for folder, _, _ in IMAGES],
        "objectPresence": np.eye(3, len(IMAGES)), "objectnames": ["wall", "door", "sky"], "description": {"scene": "…"}}
    (given / NAME / "index_ade20k.pkl").write_bytes(pickle.dumps(index, protocol=3))
    made = TARGET / "made"
    shutil.copytree(given, made)
    os.environ["DETECTRON2_DATASETS"] = str(made)
    sys.modules.setdefault("tqdm", types.SimpleNamespace(tqdm=lambda items, total: items))
    runpy.run_path(str(Path(checkout) / "datasets/prepare_ade20k_full_sem_seg.py"), run_name="__main__")
    for kind in ("images_detectron2", "annotations_detectron2"):
        shutil.copytree(made / NAME / kind, TARGET / "official" / NAME / kind)
    for path in (TARGET / "official").rglob("*.tif"):
        Image.fromarray(np.asarray(Image.open(path))).save(path.with_suffix(".png"), optimize=True)
        path.unlink()
    shutil.rmtree(made)


if __name__ == "__main__":
    main(sys.argv[1])
    for height, width, new_height, new_width in [(60, 90, 43, 65), (97, 311, 97, 300), (33, 57, 20, 57), (50, 50, 1, 3)]:
        size = (new_width, new_height)
        image = cv2.resize(picture(height, width), size, interpolation=cv2.INTER_LINEAR)
        labels = cv2.resize(label_map(height, width).astype(np.int32), size, interpolation=cv2.INTER_NEAREST)
        print([height, width, new_height, new_width], f"0x{fnv(image.tobytes()):016X}",
              f"0x{fnv(labels.astype(np.uint8).tobytes()):016X}")
