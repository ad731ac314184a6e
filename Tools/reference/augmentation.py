"""Reference values for Tests/DatasetsTests: what detectron2's transforms compute, by the libraries they call.

Writes Tests/DatasetsTests/AugmentationReference.swift. Needs opencv-python, numpy, pillow and torch:
    python Tools/reference/augmentation.py
Hashes are FNV-1a (64 bits) of the bytes, row by row, RGB.
"""
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

TARGET = Path(__file__).resolve().parents[2] / "Tests/DatasetsTests/AugmentationReference.swift"


def fnv(data: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def folded(array: np.ndarray) -> int:
    """Hash of a large array: the sum of its 64-bit products with odd weights (exact, fast)."""
    flat = array.astype(np.uint64).ravel()
    weights = np.arange(1, 2 * flat.size, 2, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return int(((flat + np.uint64(1)) * weights).sum(dtype=np.uint64))


def picture(height: int, width: int) -> np.ndarray:
    """The tests' picture: the same integer formula is in SemanticMapperTests.swift."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((x * (3 + c) + y * (7 - 2 * c) + (x * y) // (11 + c) + 40 * c) % 256).astype(np.uint8)


def label_map(height: int, width: int) -> np.ndarray:
    y, x = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    return ((x // 7 + 2 * (y // 5)) % 9).astype(np.uint8)


def convert(values, alpha=1, beta=0):
    """detectron2 projects/PointRend color_augmentation.py."""
    return np.clip(values.astype(np.float32) * alpha + beta, 0, 255).astype(np.uint8)


def in_hsv(image, change):
    """OpenCV's vector code for every pixel: rows are padded to a multiple of 64 columns and cut again."""
    height, width = image.shape[:2]
    padded = np.zeros((height, (width + 63) // 64 * 64, 3), np.uint8)
    padded[:, :width] = image
    hsv = cv2.cvtColor(padded, cv2.COLOR_RGB2HSV)
    change(hsv)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[:, :width]


def distort(image, brightness=None, contrast=None, saturation=None, hue=None, contrast_first=True):
    def saturate(hsv):
        hsv[:, :, 1] = convert(hsv[:, :, 1], alpha=saturation)

    def turn(hsv):
        hsv[:, :, 0] = (hsv[:, :, 0].astype(int) + hue) % 180

    if brightness is not None:
        image = convert(image, beta=brightness)
    if contrast is not None and contrast_first:
        image = convert(image, alpha=contrast)
    if saturation is not None:
        image = in_hsv(image, saturate)
    if hue is not None:
        image = in_hsv(image, turn)
    if contrast is not None and not contrast_first:
        image = convert(image, alpha=contrast)
    return image


DISTORTIONS = [
    dict(brightness=-31.25), dict(brightness=17.7), dict(contrast=0.53125), dict(contrast=1.4872),
    dict(saturation=0.61), dict(saturation=1.37), dict(hue=-18), dict(hue=11),
    dict(brightness=12.5, contrast=1.31, saturation=1.49, hue=7),
    dict(brightness=-20.1, contrast=0.77, saturation=0.52, hue=-3, contrast_first=False),
]


def swift(value) -> str:
    return repr(value).lower() if isinstance(value, bool) else repr(value)


def main():
    hue, saturation, value = np.meshgrid(np.arange(180), np.arange(256), np.arange(256), indexing="ij")
    every_hsv = np.stack([hue, saturation, value], -1).astype(np.uint8).reshape(180, 65536, 3)
    codes = np.arange(1 << 24, dtype=np.uint32)
    every_rgb = np.stack([codes >> 16, (codes >> 8) & 255, codes & 255], -1).astype(np.uint8).reshape(4096, 4096, 3)

    lines = [
        f"// Made by Tools/reference/augmentation.py: opencv {cv2.__version__}, numpy {np.__version__},"
        f" pillow {Image.__version__}, torch {torch.__version__}.",
        "import Datasets", "", "enum AugmentationReference {",
        "    /// Folded hash of HSV → RGB for every hue, saturation, value (in this order, value fastest).",
        f"    static let everyRGB: UInt64 = {folded(cv2.cvtColor(every_hsv, cv2.COLOR_HSV2RGB))}",
        "    /// Folded hash of RGB → HSV for every red, green, blue (in this order, blue fastest).",
        f"    static let everyHSV: UInt64 = {folded(cv2.cvtColor(every_rgb, cv2.COLOR_RGB2HSV))}",
        "", "    /// Colour distortions of picture(height: 37, width: 64), and the hash of the result.",
        "    static let distortions: [(ColorAugmentation, UInt64)] = [",
    ]
    names = [("brightness", "brightness"), ("contrast", "contrast"), ("saturation", "saturation"), ("hue", "hue"),
             ("contrastComesFirst", "contrast_first")]
    for case in DISTORTIONS:
        arguments = ", ".join(f"{ours}: {swift(case[theirs])}" for ours, theirs in names if theirs in case)
        digest = fnv(distort(picture(37, 64), **case).tobytes())
        lines += ["        (", f"            ColorAugmentation({arguments}),", f"            {digest}", "        ),"]
    lines += ["    ]", "", "    /// Height, width of picture and labels; new height, width; crop x, y, width, height; flipped;",
              "    /// hashes of picture and labels (8 bits).",
              "    static let geometry: [(size: [Int], crop: [Int], flips: Bool, picture: UInt64, labels: UInt64)] = ["]
    for size, crop, flips in [((60, 90, 43, 65), (5, 3, 40, 32), False), ((60, 90, 150, 225), (100, 20, 48, 96), True),
                              ((200, 150, 200, 150), (0, 0, 150, 200), True), ((97, 311, 131, 420), (17, 0, 352, 131), False)]:
        image = np.asarray(Image.fromarray(picture(size[0], size[1])).resize((size[3], size[2]), Image.BILINEAR))
        labels = torch.nn.functional.interpolate(
            torch.from_numpy(label_map(size[0], size[1]).astype("double"))[None, None], (size[2], size[3]), mode="nearest")
        labels = labels[0, 0].numpy().astype(np.uint8)
        x, y, width, height = crop
        image, labels = image[y:y + height, x:x + width], labels[y:y + height, x:x + width]
        if flips:
            image, labels = image[:, ::-1], labels[:, ::-1]
        lines.append(f"        ({list(size)}, {list(crop)}, {swift(flips)}, {fnv(image.tobytes())}, {fnv(labels.tobytes())}),")
    lines += ["    ]", "", "    /// Height, width, shortest side, longest side → height, width (detectron2's ResizeShortestEdge).",
              "    static let shortestEdge: [([Int], [Int])] = ["]
    for height, width, length, longest in [(1024, 2048, 512, 2048), (1024, 2048, 1536, 2048), (360, 480, 216, 2048),
                                           (683, 512, 640, 2560), (375, 500, 333, 400), (512, 512, 7, 9), (479, 641, 599, 800)]:
        lines.append(f"        ([{height}, {width}, {length}, {longest}], {list(shortest_edge(height, width, length, longest))}),")
    lines += ["    ]", "}", ""]
    TARGET.write_text("\n".join(lines))


def shortest_edge(height, width, length, longest):
    """detectron2 data/transforms/augmentation_impl.py, get_output_shape."""
    size = length * 1.0
    scale = size / min(height, width)
    new_height, new_width = (size, scale * width) if height < width else (scale * height, size)
    if max(new_height, new_width) > longest:
        scale = longest * 1.0 / max(new_height, new_width)
        new_height, new_width = new_height * scale, new_width * scale
    return int(new_height + 0.5), int(new_width + 0.5)


if __name__ == "__main__":
    main()
