"""Holds TEST.AUG and TEST.SLIDE of pem-predict to their official rules: Mask2Former's SemanticSegmentorWithTTA with
detectron2's DatasetMapperTTA, and mmsegmentation's slide_inference, written here from their description.

    averaging.py --pem-predict .build/release/pem-predict --config FILE --weights FILE --image FILE
                 --min-size N --max-size N --sizes N [N ...] --window H W --stride H W

Makes the views of the picture with Pillow, asks the network for the logits of each (--raw), averages the class scores
in float64, and compares the label maps with the command's own. Exit status 1 where a pixel differs whose best two
scores are not equal to 1e-4.
"""
import argparse, json, math, os, subprocess, sys, tempfile
import numpy as np
from PIL import Image


def shortest_edge(image, length, longest):
    height, width = image.shape[:2]
    scale = length / min(height, width)
    new = [scale * height, scale * width]
    if max(new) > longest:
        new = [side * longest / max(new) for side in new]
    size = tuple(int(side + 0.5) for side in new)
    return np.asarray(Image.fromarray(image).resize(size[::-1], Image.BILINEAR))


def bilinear(maps, height, width):
    """[C, h, w] -> [C, height, width], corners not aligned."""
    for axis, target in ((1, height), (2, width)):
        source = maps.shape[axis]
        place = np.maximum((np.arange(target) + 0.5) * source / target - 0.5, 0)
        first = np.minimum(place.astype(int), source - 1)
        second = np.minimum(first + 1, source - 1)
        share = (place - first).reshape([-1 if a == axis else 1 for a in range(3)])
        maps = maps.take(first, axis) * (1 - share) + maps.take(second, axis) * share
    return maps


def read_safetensors(path):
    data = open(path, "rb").read()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    return {name: np.frombuffer(data[8 + size:][slice(*entry["data_offsets"])], np.float32).reshape(entry["shape"])
            for name, entry in header.items() if name != "__metadata__"}


def run(options, images, output, *more):
    subprocess.run([options.pem_predict, "--config", options.config, "--weights", options.weights, "--output", output,
                    *images, *more], check=True, stdout=subprocess.DEVNULL)


def network_scores(options, views):
    """The class scores [K, h, w] of each view at its own size."""
    with tempfile.TemporaryDirectory() as folder:
        # Two at least: the names of what is written then tell them apart.
        paths = [f"{folder}/view{number}.png" for number in range(len(views) + 1)]
        for path, view in zip(paths, views + views[:1]):
            Image.fromarray(np.ascontiguousarray(view)).save(path)
        run(options, paths, folder, "--raw", f"{folder}/raw.safetensors")
        raw = read_safetensors(f"{folder}/raw.safetensors")
    result = []
    for number, view in enumerate(views):
        logits = raw[f"view{number}.pred_logits"][0].astype(np.float64)
        masks = raw[f"view{number}.pred_masks"][0].astype(np.float64)
        classes = np.exp(logits - logits.max(1, keepdims=True))
        classes = (classes / classes.sum(1, keepdims=True))[:, :-1]
        masks = bilinear(masks, 4 * masks.shape[1], 4 * masks.shape[2])[:, :view.shape[0], :view.shape[1]]
        result.append(np.einsum("qc,qhw->chw", classes, 1 / (1 + np.exp(-masks))))
    return result


def slide_scores(options, view):
    windows, (height, width) = [], view.shape[:2]
    (rows, columns), (down, right) = options.window, options.stride
    for row in range(max(height - rows + down - 1, 0) // down + 1):
        for column in range(max(width - columns + right - 1, 0) // right + 1):
            bottom, end = min(row * down + rows, height), min(column * right + columns, width)
            windows.append((slice(max(bottom - rows, 0), bottom), slice(max(end - columns, 0), end)))
    sums, counts = 0, np.zeros((height, width))
    for window, scores in zip(windows, network_scores(options, [view[window] for window in windows])):
        if counts.max() == 0:
            sums = np.zeros((len(scores), height, width))
        sums[(slice(None), *window)] += scores
        counts[window] += 1
    return sums / counts


def averaged(options, image, augments, slides):
    height, width = image.shape[:2]
    resized = shortest_edge(image, options.min_size, options.max_size)
    views = [(resized, False)]
    if augments:
        views = [(shortest_edge(resized, size, 4000), flip) for size in options.sizes for flip in (False, True)]
    seen = [view[:, ::-1] if flip else view for view, flip in views]
    maps = [slide_scores(options, view) for view in seen] if slides else network_scores(options, seen)
    maps = [bilinear(scores, height, width)[:, :, ::-1 if flip else 1] for scores, (_, flip) in zip(maps, views)]
    return sum(maps) / len(maps)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--pem-predict", "--config", "--weights", "--image"):
        parser.add_argument(name, required=True)
    for name, count in (("--min-size", None), ("--max-size", None), ("--sizes", "+"), ("--window", 2), ("--stride", 2)):
        parser.add_argument(name, type=int, nargs=count, required=True)
    options = parser.parse_args()
    image = np.asarray(Image.open(options.image).convert("RGB"))
    augmentation = ["TEST.AUG.ENABLED", "True", "TEST.AUG.MIN_SIZES", str(options.sizes)]
    slide = ["TEST.SLIDE.ENABLED", "True", "TEST.SLIDE.WINDOW", str(options.window), "TEST.SLIDE.STRIDE",
             str(options.stride)]
    size = ["INPUT.MIN_SIZE_TEST", str(options.min_size), "INPUT.MAX_SIZE_TEST", str(options.max_size)]
    failed = False
    for name, augments, slides in (("plain", 0, 0), ("augmented", 1, 0), ("slid", 0, 1), ("both", 1, 1)):
        with tempfile.TemporaryDirectory() as folder:
            run(options, [options.image], folder, *size, *augmentation * augments, *slide * slides)
            stem = os.path.splitext(os.path.basename(options.image))[0]
            labels = np.asarray(Image.open(f"{folder}/{stem}_labels.png"))
        scores = averaged(options, image, augments, slides)
        best, ours = scores.max(0), np.take_along_axis(scores, labels[None].astype(int), 0)[0]
        gap = float((best - ours).max())
        failed |= gap > 1e-4 or math.isnan(gap)
        print(f"{name}: {len(np.unique(labels))} classes, {int((scores.argmax(0) != labels).sum())} pixels differ, "
              f"worst gap {gap:.1e}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
