"""What Tests/DatasetsTests/RecipeAugmentationTests.swift, ADE20KFullTests.swift and LearningRateScheduleTests.swift
expect of mmsegmentation's, SegFormer's and PIDNet's data and schedules, by their formulas and OpenCV.

Prints values. Needs numpy and opencv-python: python Tools/reference/recipes.py
"""
import cv2
import numpy as np

from augmentation import fnv, label_map, picture


def rescale_size(height, width, scale):
    """mmcv.rescale_size."""
    factor = min(max(scale) / max(height, width), min(scale) / min(height, width))
    return int(height * float(factor) + 0.5), int(width * float(factor) + 0.5)


def ratio_scale(scale, ratio):
    """mmsegmentation's Resize.random_sample_ratio and MultiScaleFlipAug."""
    return int(scale[0] * ratio), int(scale[1] * ratio)


def aligned_size(height, width, divisor=32):
    """SegFormer's AlignedResize._align."""
    return tuple(int(np.ceil(side / divisor)) * divisor for side in (height, width))


def longest_edge(height, width, base, scale):
    """PIDNet's BaseDataset.multi_scale_aug."""
    longest = int(base * scale + 0.5)
    if height > width:
        return longest, int(width * longest / height + 0.5)
    return int(height * longest / width + 0.5), longest


def resize(image, size, interpolation=cv2.INTER_LINEAR):
    return cv2.resize(image, (size[1], size[0]), interpolation=interpolation)


def poly(base, step, steps, power, warmup=0, ratio=0.0):
    """mmcv's PolyLrUpdaterHook with min_lr 0; its linear warm-up multiplies."""
    rate = base * (1 - step / steps) ** power
    return rate if step >= warmup else rate * (1 - (1 - step / warmup) * (1 - ratio))


if __name__ == "__main__":
    print("scaled_bounds")
    for height, width, scale, ratio in [(512, 683, (2048, 512), 0.5), (683, 512, (2048, 512), 1.7361),
                                        (300, 2000, (2048, 512), 1.3), (1024, 2048, (2048, 1024), 0.7777),
                                        (97, 101, (2048, 640), 1.99), (360, 480, (480, 360), 1.25)]:
        print(f"([{height}, {width}], {list(scale)}, {ratio}, {list(rescale_size(height, width, ratio_scale(scale, ratio)))}),")
    print("scaled_longest_edge")
    for height, width, base, step in [(1024, 2048, 2048, 0), (1024, 2048, 2048, 16), (720, 960, 960, 3),
                                      (961, 720, 960, 7), (33, 57, 64, 11)]:
        print(f"([{height}, {width}], {base}, {step}, {list(longest_edge(height, width, base, 0.5 + step / 10.0))}),")
    print("evaluation: sides of INPUT, alignment, ratio -> size, picture")
    for height, width, scale, divisor, ratio in [(60, 90, (256, 64), 32, None), (90, 61, (256, 64), 32, 0.75),
                                                 (50, 300, (256, 64), 32, 1.25), (48, 80, (96, 48), 0, 1.75)]:
        sides = scale if ratio is None else ratio_scale(scale, ratio)
        image = resize(picture(height, width), rescale_size(height, width, sides))
        if divisor:
            image = resize(image, aligned_size(*image.shape[:2], divisor))
        print(f"([{height}, {width}], {list(scale)}, {divisor}, {ratio}, {list(image.shape[:2])}, 0x{fnv(image.tobytes()):016X}),")
    print("cv2.resize")
    for height, width, new in [(43, 65, (60, 90)), (60, 90, (128, 192)), (31, 48, (64, 37)), (1, 5, (3, 20))]:
        image = resize(picture(height, width), new)
        labels = resize(label_map(height, width), new, cv2.INTER_NEAREST)
        print([height, width, *new], f"0x{fnv(image.tobytes()):016X}", f"0x{fnv(labels.tobytes()):016X}")
    print("SegFormer's rate of 6e-5 over 160000 steps, PIDNet's of 0.01 over 119548, one step late")
    for step in [0, 1, 750, 1499, 1500, 1501, 80000, 159999]:
        print(step, repr(poly(1, step, 160000, 1.0, 1500, 1e-6)))
    for step in [0, 1, 2, 1000, 119547]:
        print(step, repr(poly(1, max(step - 1, 0), 119548, 0.9)))
