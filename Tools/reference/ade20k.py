"""Holds `pem-data prepare ade20k` to the official scripts, on images made up for it.

    ade20k.py --mask2former DIR --panopticapi DIR --pem-data .build/debug/pem-data [--seed N] [--images N]
        runs both on the same images; exit status 1 if any file differs. DIR: checkouts of Mask2Former and of
        cocodataset/panopticapi (or MASK2FORMER, PANOPTICAPI in the environment)
    ade20k.py --mask2former DIR --panopticapi DIR --write Tests/Fixtures/ADE20K
        writes a few small images with the official files beside them, for tests that do without Python

Equal are: annotations_detectron2 pixel by pixel, the instance lists, and the panoptic lists and pictures up to the
numbers of a class's second and further things, which the official script draws without a seed.
"""
import argparse, json, os, shutil, subprocess, sys, tempfile
import numpy as np
from PIL import Image

NAME = "ADEChallengeData2016"
SPLITS = {"training": "train", "validation": "val"}
STUFF = [1, 2, 3, 4, 5, 7, 10, 12, 49, 150 - 7]
THINGS = [8, 9, 13, 15, 20, 37, 150]


# ------------------------------------------------------------------------------------------------ images
def disc(shape, rng, smallest, largest):
    height, width = shape
    y, x = np.mgrid[:height, :width]
    ry, rx = rng.uniform(smallest, largest, 2)
    return ((y - rng.uniform(0, height)) / ry) ** 2 + ((x - rng.uniform(0, width)) / rx) ** 2 <= 1


def scene(shape, rng, things):
    """Semantic labels (0 is none) and objects (class, number): many of one class, numbers with gaps, stuff that
    objects cover, things without an object."""
    semantic = np.zeros(shape, np.uint8)
    objects = np.zeros((*shape, 3), np.uint8)
    edges = np.sort(rng.integers(0, shape[1], 3))
    for label, (start, end) in zip(rng.permutation(STUFF), zip([0, *edges], [*edges, shape[1]])):
        semantic[:, start:end] = label
    semantic[disc(shape, rng, 2, shape[0] / 3)] = rng.choice(THINGS)
    semantic[disc(shape, rng, 2, shape[0] / 3)] = 0
    numbers = np.sort(rng.permutation(np.arange(1, 256))[:things])
    for number in rng.permutation(numbers):
        mask = disc(shape, rng, 1.5, shape[0] / 3)
        objects[mask] = [int(rng.choice([1, 5, 6, 8, 18, 58, 100])), number, 0]
    covered = np.zeros(shape, bool)
    covered[2:5, 3:6] = True
    semantic[covered] = 22
    if things:
        objects[covered] = [8, numbers[0], 0]
        objects[objects[..., 1] == numbers[0], 0] = 8
    objects[..., 2] = np.where(objects[..., 1] > 0, 7, 0)
    return semantic, objects


def tree(root, rng, images, largest):
    for split, name in SPLITS.items():
        folders = {kind: os.path.join(root, NAME, kind, split) for kind in ["images", "annotations", "annotations_instance"]}
        for folder in folders.values():
            os.makedirs(folder)
        for index in range(images if name == "train" else max(1, images // 2)):
            shape = tuple(int(n) for n in rng.integers(largest // 2, largest, 2))
            # One of them has nothing but stuff.
            semantic, objects = scene(shape, rng, 0 if index == 1 else int(rng.integers(5, 14)))
            stem = f"ADE_{name}_{index + 1:08d}"
            picture = Image.fromarray(rng.integers(0, 256, (*shape, 3), np.uint8))
            picture.save(f"{folders['images']}/{stem}.jpg", quality=20)
            Image.fromarray(semantic).save(f"{folders['annotations']}/{stem}.png")
            Image.fromarray(objects).save(f"{folders['annotations_instance']}/{stem}.png")


def official(root, mask2former, panopticapi):
    environment = {**os.environ, "DETECTRON2_DATASETS": root, "PYTHONPATH": panopticapi}
    for kind in ["sem", "pan", "ins"]:
        script = f"datasets/prepare_ade20k_{kind}_seg.py"
        subprocess.run([sys.executable, script], cwd=mask2former, env=environment, check=True, capture_output=True)


# ------------------------------------------------------------------------------------------------ comparison
def load(path):
    with open(path) as file:
        return json.load(file)


def ids(path):
    picture = np.asarray(Image.open(path)).astype(np.int64)
    return picture[..., 0] + 256 * picture[..., 1] + 65536 * picture[..., 2]


def compare(theirs, ours):
    """Names what differs."""
    faults = []
    for split, name in SPLITS.items():
        shifted = f"annotations_detectron2/{split}"
        for file in sorted(os.listdir(f"{theirs}/{shifted}")):
            if not np.array_equal(*(np.asarray(Image.open(f"{root}/{shifted}/{file}")) for root in (theirs, ours))):
                faults.append(f"{shifted}/{file}")
        if load(f"{theirs}/ade20k_instance_{name}.json") != load(f"{ours}/ade20k_instance_{name}.json"):
            faults.append(f"ade20k_instance_{name}.json")
        faults += panoptic(theirs, ours, f"ade20k_panoptic_{name}")
    return faults


def panoptic(theirs, ours, name):
    expected, got = load(f"{theirs}/{name}.json"), load(f"{ours}/{name}.json")
    faults = [f"{name}.json: {key}" for key in ("images", "categories") if expected[key] != got[key]]
    things = {category["id"] for category in expected["categories"] if category["isthing"]}
    for one, other in zip(expected["annotations"], got["annotations"], strict=True):
        place, seen, map_ids = f"{name}.json: {one['image_id']}", set(), {0: 0}
        for segment, ours_segment in zip(one["segments_info"], other["segments_info"], strict=True):
            number, our_number = segment.pop("id"), ours_segment.pop("id")
            map_ids[number] = our_number
            is_drawn = segment["category_id"] in things and segment["category_id"] in seen
            seen.add(segment["category_id"])
            if number != our_number and not is_drawn:
                faults.append(f"{place}: segment {our_number}, not {number}")
        if one != other:
            faults.append(place)
        if len(set(map_ids.values())) != len(map_ids):
            faults.append(f"{place}: numbers are used twice")
        one_ids, other_ids = (ids(f"{root}/{name}/{one['file_name']}") for root in (theirs, ours))
        if not np.array_equal(np.vectorize(map_ids.get)(one_ids), other_ids):
            faults.append(f"{name}/{one['file_name']}")
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mask2former", default=os.environ.get("MASK2FORMER"))
    parser.add_argument("--panopticapi", default=os.environ.get("PANOPTICAPI"))
    parser.add_argument("--pem-data")
    parser.add_argument("--write")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--images", type=int, default=12)
    arguments = parser.parse_args()
    if not arguments.mask2former or not arguments.panopticapi or not (arguments.pem_data or arguments.write):
        parser.error("expected --mask2former, --panopticapi, and --pem-data or --write")
    rng = np.random.default_rng(arguments.seed)
    with tempfile.TemporaryDirectory() as work:
        theirs, ours = f"{work}/theirs", f"{work}/ours"
        tree(ours, rng, 2 if arguments.write else arguments.images, 40 if arguments.write else 300)
        shutil.copytree(ours, theirs)
        official(theirs, os.path.abspath(arguments.mask2former), os.path.abspath(arguments.panopticapi))
        if arguments.write:
            shutil.rmtree(arguments.write, ignore_errors=True)
            shutil.copytree(ours, f"{arguments.write}/given")
            shutil.copytree(theirs, f"{arguments.write}/official", ignore=shutil.ignore_patterns(
                "images", "annotations", "annotations_instance"))
            return
        subprocess.run([arguments.pem_data, "prepare", "ade20k", "--root", ours], check=True)
        faults = compare(f"{theirs}/{NAME}", f"{ours}/{NAME}")
        print("\n".join(f"differs: {fault}" for fault in faults) or "all files are equal")
        sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
