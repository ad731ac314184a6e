"""Holds `pem-data prepare coco` to the official prepare_coco_semantic_annos_from_panoptic_annos.py.

    coco.py --mask2former DIR --detectron2 DIR --panopticapi DIR --pem-data .build/debug/pem-data [--sample DIR] [--seed N]
        runs both on images made up of all 133 categories, or on COCO's own sample of two images (its panoptic
        annotations and input_images); exit status 1 if a pixel differs. DIR: checkouts of the three
"""
import argparse, json, os, shutil, subprocess, sys, tempfile
import numpy as np
from PIL import Image

SPLITS = ["train2017", "val2017"]


def stubs(work, detectron2):
    """What the official script imports, of which it needs detectron2's categories only."""
    for module in ["fvcore/common", "detectron2/data/datasets"]:
        os.makedirs(f"{work}/{module}")
        while module:
            open(f"{work}/{module}/__init__.py", "w").close()
            module = os.path.dirname(module)
    with open(f"{work}/fvcore/common/download.py", "w") as file:
        file.write("download = None\n")
    name = "detectron2/data/datasets/builtin_meta.py"
    shutil.copy(f"{detectron2}/{name}", f"{work}/{name}")


def made_up(root, rng, categories):
    for split in SPLITS:
        for folder in ["annotations", split, "panoptic_" + split]:
            os.makedirs(f"{root}/{folder}", exist_ok=True)
        images, annotations = [], []
        for number in rng.integers(1, 600_000, 3):
            shape = tuple(int(n) for n in rng.integers(60, 120, 2))
            stem = f"{number:012d}"
            numbers = np.append(rng.choice(np.arange(1, 1 << 24), 50, replace=False), 0)
            ids = rng.choice(numbers, (shape[0] // 4 + 1, shape[1] // 4 + 1)).repeat(4, 0).repeat(4, 1)[:shape[0], :shape[1]]
            picture = np.stack([ids & 255, ids >> 8 & 255, ids >> 16], -1).astype(np.uint8)
            Image.fromarray(picture).save(f"{root}/panoptic_{split}/{stem}.png")
            Image.new("RGB", shape[::-1]).save(f"{root}/{split}/{stem}.jpg")
            found = [n for n in np.unique(ids) if n]
            segments = [{"id": int(n), "category_id": int(rng.choice(categories)["id"]), "area": int((ids == n).sum()),
                         "bbox": [0, 0, 1, 1], "iscrowd": 0} for n in found]
            images.append({"id": int(number), "file_name": stem + ".jpg", "height": shape[0], "width": shape[1]})
            annotations.append({"image_id": int(number), "file_name": stem + ".png", "segments_info": segments})
        with open(f"{root}/annotations/panoptic_{split}.json", "w") as file:
            json.dump({"images": images, "annotations": annotations, "categories": categories}, file)


def sampled(root, sample):
    os.makedirs(f"{root}/annotations")
    for split in SPLITS:
        shutil.copytree(f"{sample}/input_images", f"{root}/{split}")
        shutil.copytree(f"{sample}/panoptic_examples", f"{root}/panoptic_{split}")
        shutil.copy(f"{sample}/panoptic_examples.json", f"{root}/annotations/panoptic_{split}.json")


def main():
    parser = argparse.ArgumentParser()
    for name in ["mask2former", "detectron2", "panopticapi", "pem-data"]:
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--sample")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        modules, theirs, ours = f"{work}/modules", f"{work}/theirs", f"{work}/ours"
        stubs(modules, arguments.detectron2)
        sys.path.insert(0, modules)
        from detectron2.data.datasets.builtin_meta import COCO_CATEGORIES
        if arguments.sample:
            sampled(f"{ours}/coco", arguments.sample)
        else:
            made_up(f"{ours}/coco", np.random.default_rng(arguments.seed), COCO_CATEGORIES)
        shutil.copytree(ours, theirs)
        path = os.pathsep.join([modules, os.path.abspath(arguments.panopticapi)])
        script = f"{arguments.mask2former}/datasets/prepare_coco_semantic_annos_from_panoptic_annos.py"
        environment = {**os.environ, "DETECTRON2_DATASETS": theirs, "PYTHONPATH": path}
        subprocess.run([sys.executable, script], env=environment, check=True, capture_output=True)
        subprocess.run([arguments.pem_data, "prepare", "coco", "--root", ours], check=True)
        names = [f"panoptic_semseg_{split}/{name}" for split in SPLITS
                 for name in sorted(os.listdir(f"{theirs}/coco/panoptic_semseg_{split}"))]
        different = [name for name in names if not np.array_equal(
            *(np.asarray(Image.open(f"{root}/coco/{name}")) for root in (theirs, ours)))]
        print("\n".join(f"differs: {name}" for name in different) or f"all {len(names)} files are equal")
        sys.exit(1 if different or not names else 0)


if __name__ == "__main__":
    main()
