"""Holds `pem-eval` to the official scorers, on ground truth that was damaged on purpose and on what a network predicted.

    agreement.py --pem-eval .build/release/pem-eval [--seed N] [--images N] [--work DIR]
        makes scenes, damages them, scores them here and with the command; exit status 1 if any score differs by 1e-6
    agreement.py --pem-eval .build/release/pem-eval --dumps DIR --results FILE --cityscapes DIR --split NAME
        scores what `pem-eval --save-predictions` wrote in every format for a split of Cityscapes, and compares with the
        results.json of the same evaluation
    agreement.py --write Tests/Fixtures/Scoring
        writes small scenes with the official scores (expected.json), for tests that do without Python

Cityscapes: cityscapesscripts. COCO instances: pycocotools. Panoptic: an implementation of panopticapi's rules below,
from their description, with none of panopticapi's code.
"""
import argparse, contextlib, glob, io, json, math, os, shutil, subprocess, sys, tempfile
import numpy as np
from PIL import Image

THINGS = [24, 25, 26, 27, 28, 31, 32, 33]
STUFF = [7, 8, 11, 12, 21, 22, 23]
NAMES = {7: "road", 8: "sidewalk", 11: "building", 12: "wall", 21: "vegetation", 22: "terrain", 23: "sky",
         24: "person", 25: "rider", 26: "car", 27: "truck", 28: "bus", 31: "train", 32: "motorcycle", 33: "bicycle"}


# ------------------------------------------------------------------------------------------------ scenes and damage
def disc(shape, rng, smallest, largest):
    height, width = shape
    y, x = np.mgrid[:height, :width]
    ry, rx = rng.uniform(smallest, largest, 2)
    return ((y - rng.uniform(0, height)) / ry) ** 2 + ((x - rng.uniform(0, width)) / rx) ** 2 <= 1


def scene(shape, rng, things=9):
    """Segments as (class, mask, is group), disjoint; pixels of no segment are void."""
    height, width = shape
    owner = np.full(shape, -1)
    segments = []
    edges = np.sort(rng.integers(0, width, 3))
    for label, (start, end) in zip(rng.permutation(STUFF)[:4], zip([0, *edges], [*edges, width])):
        owner[:, start:end] = len(segments)
        segments.append((int(label), False))
    for index in range(things):
        owner[disc(shape, rng, 2, height / 4)] = len(segments)
        segments.append((int(rng.choice(THINGS[:5])), index % 4 == 3))
    owner[disc(shape, rng, height / 8, height / 4)] = -1
    owner[-height // 16:] = -1
    return [(label, owner == i, group) for i, (label, group) in enumerate(segments) if (owner == i).any()]


def damage(segments, shape, rng):
    """Predictions as (class, mask, score): kept, merged, split, shifted, dropped, renamed, and some too many."""
    result, merged = [], {}
    for label, mask, group in segments:
        kind = rng.choice(["keep", "merge", "split", "shift", "far", "drop", "rename", "shrink"])
        score = round(float(rng.choice([rng.uniform(0.05, 1), 0.5, 0.75])), 4)
        if kind == "drop":
            continue
        if kind == "merge" and label in merged:
            result[merged[label]] = (label, result[merged[label]][1] | mask, result[merged[label]][2])
            continue
        if kind == "split":
            left = mask & (np.arange(shape[1]) < np.median(np.where(mask)[1]))
            result += [(label, left, score), (label, mask & ~left, round(score / 2, 4))]
            continue
        if kind in ("shift", "far"):
            mask = np.roll(mask, tuple(rng.integers(1, 4 if kind == "shift" else 30, 2)), (0, 1))
        if kind == "rename":
            label = int(rng.choice(THINGS[:5] if label in THINGS else STUFF))
        if kind == "shrink":
            mask = mask & (rng.random(shape) < 0.8)
        merged.setdefault(label, len(result))
        result.append((label, mask, score))
    for _ in range(3):
        score = round(float(rng.uniform(0.05, 1)), 4)
        result.append((int(rng.choice(THINGS)), disc(shape, rng, 3, shape[0] / 6), score))
    return [(label, mask, score) for label, mask, score in result if mask.any()]


# ------------------------------------------------------------------------------------------------ panoptic
def flatten(masks, shape, rng):
    """Later masks lie over earlier ones; numbers of segments up to 24 bits."""
    ids = np.zeros(shape, np.int64)
    numbers = [int(n) for n in rng.choice(np.arange(1, 1 << 24), len(masks), replace=False)]
    for number, mask in zip(numbers, masks):
        ids[mask] = number
    return ids, numbers


def write_ids(path, ids):
    Image.fromarray(np.stack([ids & 255, ids >> 8 & 255, ids >> 16], -1).astype(np.uint8)).save(path, optimize=True)


def panoptic_quality(images, names, things):
    """images: (true ids, true segments, predicted ids, predicted segments); segments {id: (category, crowd, area)}"""
    tally = {c: dict(iou=0.0, tp=0, fp=0, fn=0) for c in names}
    for truth, wanted, guess, found in images:
        pairs, counts = np.unique(np.stack([truth.ravel(), guess.ravel()]), axis=1, return_counts=True)
        shared = {(int(t), int(p)): int(n) for (t, p), n in zip(pairs.T, counts)}
        area = {p: int((guess == p).sum()) for p in found}
        hit_truth, hit_guess = set(), set()
        for (t, p), inside in sorted(shared.items()):
            if t in wanted and p in found and not wanted[t][1] and wanted[t][0] == found[p][0]:
                iou = inside / (area[p] + wanted[t][2] - inside - shared.get((0, p), 0))
                if iou > 0.5:
                    tally[found[p][0]]["tp"] += 1
                    tally[found[p][0]]["iou"] += iou
                    hit_truth.add(t)
                    hit_guess.add(p)
        crowd = {category: t for t, (category, is_crowd, _) in wanted.items() if is_crowd}  # the last one stays
        for t, (category, is_crowd, _) in wanted.items():
            tally[category]["fn"] += not is_crowd and t not in hit_truth
        for p, (category, _, _) in found.items():
            excused = shared.get((0, p), 0) + shared.get((crowd.get(category, -1), p), 0)
            tally[category]["fp"] += p not in hit_guess and excused / area[p] <= 0.5
    scores = {}
    for category, t in tally.items():
        if t["tp"] + t["fp"] + t["fn"]:
            weight = t["tp"] + t["fp"] / 2 + t["fn"] / 2
            scores[category] = (t["iou"] / weight, t["iou"] / t["tp"] if t["tp"] else 0, t["tp"] / weight)
    result = {}
    for suffix, wanted in [("", names), ("_th", things), ("_st", [c for c in names if c not in things])]:
        chosen = [category for category in scores if category in wanted]
        for column, name in enumerate(["PQ", "SQ", "RQ"]):
            values = [100 * scores[c][column] for c in chosen]
            result[name + suffix] = sum(values) / len(values) if values else None
    for category, name in names.items():
        for column, kind in enumerate(["PQ", "SQ", "RQ"]):
            result[f"{kind}-{name}"] = 100 * scores[category][column] if category in scores else None
    return {"panoptic_seg": result}


def make_panoptic(folder, rng, count, shape):
    files = {"truth": [], "predictions": []}
    images = []
    for index in range(count):
        name = f"city_{index:06}_000019"
        segments = scene(shape, rng)
        guesses = damage(segments, shape, rng)
        row = []
        for side, parts in [("truth", [(label, mask, group and label in THINGS) for label, mask, group in segments]),
                            ("predictions", [(label, mask, False) for label, mask, _ in guesses])]:
            ids, numbers = flatten([mask for _, mask, _ in parts], shape, rng)
            infos = {n: (label, crowd, int((ids == n).sum())) for n, (label, _, crowd) in zip(numbers, parts)}
            infos = {n: info for n, info in infos.items() if info[2]}
            if side == "truth" and index == 1:  # listed, but covered entirely, as in ADE20K
                infos[5] = (STUFF[0], False, 300)
            os.makedirs(f"{folder}/{side}", exist_ok=True)
            write_ids(f"{folder}/{side}/{name}.png", ids)
            listed = [{"id": n, "category_id": c, "iscrowd": int(crowd), "area": area}
                      for n, (c, crowd, area) in infos.items()]
            files[side].append({"image_id": name, "file_name": name + ".png", "segments_info": listed})
            row += [ids, infos]
        images.append(row)
    categories = [{"id": c, "name": NAMES[c], "isthing": int(c in THINGS)} for c in NAMES]
    write_json(f"{folder}/truth.json", {"images": [{"id": a["image_id"]} for a in files["truth"]],
                                        "annotations": files["truth"], "categories": categories})
    write_json(f"{folder}/predictions/predictions.json", {"annotations": files["predictions"]})
    return panoptic_quality(images, NAMES, THINGS)


# ------------------------------------------------------------------------------------------------ COCO instances
def make_instances(folder, rng, count, shape):
    from pycocotools import mask as masks

    def encoded(mask):
        runs = masks.encode(np.asfortranarray(mask.astype(np.uint8)))
        return {"size": runs["size"], "counts": runs["counts"].decode()}

    def plain(mask):
        flat, counts, value = mask.ravel(order="F"), [], False
        changes = np.flatnonzero(np.diff(flat.astype(np.int8))) + 1
        ends = [0, *changes, flat.size] if not flat[0] else [0, 0, *changes, flat.size]
        return {"size": list(mask.shape), "counts": [int(b - a) for a, b in zip(ends, ends[1:])]}

    truth = {"images": [], "annotations": [], "categories": [{"id": c, "name": NAMES[c]} for c in reversed(THINGS)]}
    predictions = []
    for index in range(count):
        key = 1000 - 7 * index
        segments = [s for s in scene(shape, rng, 14) if s[0] in THINGS]
        truth["images"].append({"id": key, "height": shape[0], "width": shape[1], "file_name": f"{key:012}.jpg"})
        for number, (label, mask, group) in enumerate(segments):
            outline, area = plain(mask) if group else encoded(mask), int(mask.sum())
            if number % 5 == 0:
                corner, size = rng.uniform(-4, shape[1] - 20, 2), rng.uniform(8, shape[0], 2)
                outline = [[round(float(v), 2) for v in (corner + size * rng.uniform(0, 1, 2))] for _ in range(7)]
                outline = [sum(outline, []), [3.2, 3.1, 14.9, 4, 9.5, 17.7]]
                runs = masks.merge(masks.frPyObjects(outline, *shape))
                mask, area = masks.decode(runs).astype(bool), float(masks.area(runs))
                segments[number] = (label, mask, False)
                group = False
            truth["annotations"].append({"id": 1 + len(truth["annotations"]), "image_id": key, "category_id": label,
                                         "segmentation": outline, "area": area, "iscrowd": int(group)})
        guesses = damage([s for s in segments if s[1].any()], shape, rng) if index != 2 else []
        if index == 0:  # more than are scored
            guesses += [(26, disc(shape, rng, 2, 9), round(float(rng.uniform(0, 0.3)), 2)) for _ in range(120)]
        predictions += [{"image_id": key, "category_id": label, "segmentation": encoded(mask), "score": score}
                        for label, mask, score in guesses]
    write_json(f"{folder}/truth.json", truth)
    write_json(f"{folder}/predictions/coco_instances_results.json", predictions)
    return average_precision(f"{folder}/truth.json", f"{folder}/predictions/coco_instances_results.json", NAMES)


def average_precision(truth, predictions, names):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(truth)
        evaluation = COCOeval(coco, coco.loadRes(predictions), "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    known = lambda score: None if score < 0 else 100 * float(score)
    result = {name: known(evaluation.stats[i]) for i, name in enumerate(["AP", "AP50", "AP75", "APs", "APm", "APl"])}
    for place, label in enumerate(sorted(THINGS)):
        precision = evaluation.eval["precision"][:, :, place, 0, -1]
        precision = precision[precision > -1]
        result["AP-" + names[label]] = 100 * float(precision.mean()) if precision.size else None
    return {"segm": result}


# ------------------------------------------------------------------------------------------------ Cityscapes
def make_cityscapes(folder, rng, count, shape):
    os.makedirs(f"{folder}/truth/city", exist_ok=True)
    os.makedirs(f"{folder}/predictions/masks", exist_ok=True)
    lists = {"labels": [], "instances": [], "pixels": [], "texts": []}
    for index in range(count):
        name = f"city_{index:06}_000019"
        segments, (labels, instances) = scene(shape, rng, 14), np.zeros((2, *shape), np.int64)
        for number, (label, mask, group) in enumerate(segments):
            label = 29 if number == 7 else label  # a caravan: an instance that is not scored
            labels[mask] = label
            instances[mask] = label if label in STUFF or group else 1000 * label + number
        stem = f"{folder}/truth/city/{name}_gtFine_"
        Image.fromarray(labels.astype(np.uint8)).save(stem + "labelIds.png", optimize=True)
        Image.fromarray(instances.astype(np.uint16)).save(stem + "instanceIds.png", optimize=True)
        guesses = damage(segments, shape, rng)
        pixels = np.full(shape, 23)
        for label, mask, _ in guesses:
            pixels[mask] = label
        pixels[disc(shape, rng, 3, 12)] = 29
        pixels[disc(shape, rng, 3, 12)] = 0
        Image.fromarray(pixels.astype(np.uint8)).save(f"{folder}/predictions/{name}_pred.png", optimize=True)
        with open(f"{folder}/predictions/{name}_pred.txt", "w") as text:
            for number, (label, mask, score) in enumerate(guesses):
                path = f"masks/{name}_{number}.png"
                Image.fromarray(255 * mask.astype(np.uint8)).save(f"{folder}/predictions/{path}", optimize=True)
                text.write(f"{path} {label} {score}\n")
        lists["labels"].append(stem + "labelIds.png")
        lists["instances"].append(stem + "instanceIds.png")
        lists["pixels"].append(f"{folder}/predictions/{name}_pred.png")
        lists["texts"].append(f"{folder}/predictions/{name}_pred.txt")
    return cityscapes_scores(**lists)


def cityscapes_scores(labels, instances, pixels=None, texts=None, folder=None):
    """Without lists of predictions, the official scripts look for them in the folder."""
    if not hasattr(np, "in1d"):
        np.in1d = np.isin
    from cityscapesscripts.evaluation import evalInstanceLevelSemanticLabeling as instance_level
    from cityscapesscripts.evaluation import evalPixelLevelSemanticLabeling as pixel_level

    if folder:
        pixel_level.args.predictionPath = instance_level.args.predictionPath = os.path.abspath(folder)
        pixels = [pixel_level.getPrediction(pixel_level.args, path) for path in labels]
        texts = [instance_level.getPrediction(path, instance_level.args) for path in instances]
    labels, instances, pixels, texts = ([os.path.abspath(path) for path in paths]
                                        for paths in (labels, instances, pixels, texts))
    pixel_level.args.quiet, pixel_level.args.JSONOutput, pixel_level.args.evalInstLevelScore = True, False, True
    scores = pixel_level.evaluateImgLists(pixels, labels, pixel_level.args)
    number = lambda score, factor=1: None if math.isnan(score) else factor * float(score)
    cityscapes = {key: number(scores[key]) for key in scores if key.startswith("average")}
    for kind in ("classScores", "classInstScores", "categoryScores", "categoryInstScores"):
        cityscapes.update({f"{kind}.{name}": number(score) for name, score in scores[kind].items()})

    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        instance_level.writeDict2JSON = lambda *_: None  # a protocol, which numpy 2 breaks
        args = instance_level.args
        args.quiet, args.JSONOutput, args.gtInstancesFile = True, False, scratch + "/instances.json"
        args.predictionPath = os.path.dirname(texts[0])
        averages = instance_level.evaluateImgLists(texts, instances, args)["averages"]
    segm = {"AP": number(averages["allAp"], 100), "AP50": number(averages["allAp50%"], 100)}
    for name, scores in averages["classes"].items():
        segm["AP-" + name], segm["AP50-" + name] = number(scores["ap"], 100), number(scores["ap50%"], 100)
    return {"cityscapes": cityscapes, "segm": segm}


# ------------------------------------------------------------------------------------------------ a network's dumps
def read(path):
    return np.array(Image.open(path)).astype(np.int64)


def read_ids(path):
    return read(path) @ [1, 256, 65536]


def dumped_panoptic(folder, base, split, labels):
    truth = json.load(open(f"{base}/cityscapes_panoptic_{split}.json"))
    found = {a["image_id"]: a for a in json.load(open(f"{folder}/predictions.json"))["annotations"]}
    images = []
    for wanted in truth["annotations"]:
        guess = found[wanted["image_id"]]
        segments = {s["id"]: (s["category_id"], s["iscrowd"], s["area"]) for s in wanted["segments_info"]}
        guesses = {s["id"]: (s["category_id"], False, 0) for s in guess["segments_info"]}
        images.append((read_ids(f"{base}/cityscapes_panoptic_{split}/{wanted['file_name']}"), segments,
                       read_ids(f"{folder}/predictions/{guess['file_name']}"), guesses))
    return panoptic_quality(images, {l.id: l.name for l in labels}, [l.id for l in labels if l.hasInstances])


def write_instance_truth(path, instances, labels):
    """instanceIds as a COCO file."""
    from pycocotools import mask as masks

    things = [l for l in labels if l.hasInstances]
    truth = {"images": [], "annotations": [], "categories": [{"id": l.id, "name": l.name} for l in things]}
    for name in instances:
        ids = read(name)
        key = "_".join(os.path.basename(name).split("_")[:3])
        truth["images"].append({"id": key, "height": ids.shape[0], "width": ids.shape[1]})
        for number in np.unique(ids):
            label = int(number // 1000 if number > 999 else number)
            if label not in [l.id for l in things]:
                continue
            runs = masks.encode(np.asfortranarray((ids == number).astype(np.uint8)))
            truth["annotations"].append({
                "id": 1 + len(truth["annotations"]), "image_id": key, "category_id": label,
                "segmentation": {"size": runs["size"], "counts": runs["counts"].decode()},
                "area": float(masks.area(runs)), "iscrowd": int(number < 1000)})
    write_json(path, truth)


def semantic_scores(folder, truth, labels):
    """mIoU, fwIoU, mACC, pACC by detectron2's rules."""
    names = {l.trainId: l.name for l in labels}
    counts = np.zeros((256, 256), np.int64)
    for path in truth:
        key = "_".join(os.path.basename(path).split("_")[:3])
        np.add.at(counts, (read(path.replace("labelIds", "labelTrainIds")), read(f"{folder}/{key}.png")), 1)
    counts = counts[:len(names)][:, :len(names)]
    hits, wanted, said = counts.diagonal(), counts.sum(1), counts.sum(0)
    known = wanted > 0
    iou = hits[known] / (wanted + said - hits)[known]
    accuracy = hits[known] / wanted[known]
    share = wanted[known] / wanted.sum()
    result = {"mIoU": iou.mean(), "fwIoU": (iou * share).sum(), "mACC": accuracy.mean(), "pACC": hits.sum() / wanted.sum()}
    result.update({f"IoU-{names[c]}": score for c, score in zip(np.flatnonzero(known), iou)})
    return {"sem_seg": {name: 100 * float(score) for name, score in result.items()}}


def compare_dumps(dumps, results, cityscapes, split, command):
    from cityscapesscripts.helpers.labels import labels

    labels = sorted((l for l in labels if not l.ignoreInEval), key=lambda l: l.trainId)
    base = f"{cityscapes}/gtFine"
    truth = sorted(glob.glob(f"{base}/{split}/*/*_labelIds.png"))
    instances = [path.replace("labelIds", "instanceIds") for path in truth]
    got = json.load(open(results))
    differing = differences("coco-panoptic", got, dumped_panoptic(f"{dumps}/coco-panoptic", base, split, labels))
    differing += differences("labels", got, semantic_scores(f"{dumps}/labels", truth, labels))
    differing += differences("cityscapes", got, cityscapes_scores(truth, instances, folder=f"{dumps}/cityscapes"))
    write_instance_truth(f"{dumps}/truth.json", instances, labels)
    score_with(command, f"{dumps}/coco-instances", "coco-instances", f"{dumps}/truth.json", f"{dumps}/output")
    return differing + differences(
        "coco-instances", json.load(open(f"{dumps}/output/results.json")),
        average_precision(f"{dumps}/truth.json", f"{dumps}/coco-instances/coco_instances_results.json",
                          {l.id: l.name for l in labels}))


# ------------------------------------------------------------------------------------------------ comparing
FORMATS = {"coco-panoptic": (make_panoptic, "truth.json"), "coco-instances": (make_instances, "truth.json"),
           "cityscapes": (make_cityscapes, "truth")}


def write_json(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(content, file)
        file.write("\n")


def make(folder, seed, count, shape):
    for place, (name, (maker, _)) in enumerate(FORMATS.items()):
        shutil.rmtree(f"{folder}/{name}", ignore_errors=True)
        expected = maker(f"{folder}/{name}", np.random.default_rng([seed, place]), count, shape)
        write_json(f"{folder}/{name}/expected.json", expected)


def compare(folder, command):
    differing = 0
    for name, (_, truth) in FORMATS.items():
        base = f"{folder}/{name}"
        score_with(command, f"{base}/predictions", name, f"{base}/{truth}", f"{base}/output")
        differing += differences(
            name, json.load(open(f"{base}/output/results.json")), json.load(open(f"{base}/expected.json")))
    return differing


def score_with(command, predictions, name, truth, output):
    subprocess.run([command, "--predictions", predictions, "--format", name, "--ground-truth", truth,
                    "--output", output], check=True, stdout=subprocess.DEVNULL)


def differences(name, got, expected):
    differing = 0
    for task, scores in expected.items():
        worst, compared = 0.0, 0
        for key, score in scores.items():
            if score is None and key not in got[task]:
                continue  # a label that is never scored
            ours = got[task][key]
            compared += 1
            if (ours is None) != (score is None) or score is not None and abs(ours - score) > 1e-6:
                print(f"{name} {task} {key}: {ours}, official {score}")
                differing += 1
            elif score is not None:
                worst = max(worst, abs(ours - score))
        print(f"{name} {task}: {compared} scores, worst difference {worst:.1e}")
    return differing


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pem-eval")
    parser.add_argument("--write")
    parser.add_argument("--work")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--images", type=int, default=5)
    for name in ("--dumps", "--results", "--cityscapes"):
        parser.add_argument(name)
    parser.add_argument("--split", default="val")
    options = parser.parse_args()
    if options.write:
        make(options.write, options.seed, 3, (48, 64))
    if options.dumps:
        sys.exit(compare_dumps(options.dumps, options.results, options.cityscapes, options.split,
                               os.path.abspath(options.pem_eval)) > 0)
    if options.pem_eval:
        with tempfile.TemporaryDirectory() as scratch:
            work = options.work or scratch
            make(work, options.seed, options.images, (320, 400))
            sys.exit(compare(work, os.path.abspath(options.pem_eval)) > 0)
