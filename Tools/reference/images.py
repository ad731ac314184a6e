"""Makes Tests/ImagesTests/Fixtures: tiny image files and what Pillow and torch make of them.

Run from the package's folder: python Tools/reference/images.py
Needs numpy, Pillow and torch. Everything comes from one seed. Raw results: .rgb is row-major bytes, .u16 is
row-major 16-bit little-endian; cases.json says which file belongs to which and its size.
"""
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import PIL
import torch
from PIL import Image, ImageOps

folder = Path("Tests/ImagesTests/Fixtures")
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(20260)
cases = {"made with": f"Pillow {PIL.__version__}, torch {torch.__version__}, seed 20260"}


# MARK: PNG, by hand, since Pillow writes neither all bit depths nor interlaced files

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed_rows(samples, depth):
    """samples [H, W, C] -> filter byte 0 and packed big-endian samples for each row."""
    rows = b""
    for row in samples.reshape(samples.shape[0], -1):
        if depth == 16:
            data = row.astype(">u2").tobytes()
        elif depth == 8:
            data = row.astype(np.uint8).tobytes()
        else:
            bits = (row[:, None] >> np.arange(depth - 1, -1, -1)) & 1
            data = np.packbits(bits.astype(np.uint8)).tobytes()
        rows += b"\0" + data
    return rows


ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def write_png(path, samples, depth, color, palette=None, transparency=None, exif=None, interlaced=False):
    height, width = samples.shape[:2]
    passes = [samples]
    if interlaced:
        passes = [samples[y::dy, x::dx] for y, x, dy, dx in ADAM7]
    data = b"".join(packed_rows(p, depth) for p in passes if p.shape[0] and p.shape[1])
    png = b"\x89PNG\r\n\x1a\n"
    png += chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced))
    if exif:
        png += chunk(b"eXIf", exif)
    if palette is not None:
        png += chunk(b"PLTE", palette.astype(np.uint8).tobytes())
    if transparency:
        png += chunk(b"tRNS", transparency)
    png += chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    path.write_bytes(png)


def store_rgb(name, image):
    (folder / f"{name}.rgb").write_bytes(np.asarray(image.convert("RGB"), dtype=np.uint8).tobytes())
    return {"rgb": f"{name}.rgb", "width": image.width, "height": image.height}


def store_u16(name, values):
    (folder / f"{name}.u16").write_bytes(values.astype("<u2").tobytes())
    return {"values": f"{name}.u16", "width": values.shape[1], "height": values.shape[0]}


def tiff_orientation(value, order="<"):
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = [(0x010F, 2, 4, b"Cam\0"), (0x0112, 3, 1, struct.pack(order + "HH", value, 0))]
    block = mark + struct.pack(order + "IH", 8, len(entries))
    for tag, kind, count, data in entries:
        block += struct.pack(order + "HHI", tag, kind, count) + data
    return block + struct.pack(order + "I", 0)


H, W = 9, 13
pictures = []
labels = []
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
KINDS = [
    ("grey1", 1, 0), ("grey2", 2, 0), ("grey4", 4, 0), ("grey8", 8, 0), ("grey16", 16, 0),
    ("palette1", 1, 3), ("palette2", 2, 3), ("palette4", 4, 3), ("palette8", 8, 3),
    ("rgb8", 8, 2), ("rgb16", 16, 2), ("greyalpha8", 8, 4), ("greyalpha16", 16, 4), ("rgba8", 8, 6), ("rgba16", 16, 6),
]
for name, depth, color in KINDS:
    for interlaced in (False, True):
        if interlaced and name not in ("grey1", "palette4", "rgb8", "grey16", "rgba8"):
            continue
        full = name + ("_interlaced" if interlaced else "")
        samples = random.integers(0, 1 << depth, (H, W, CHANNELS[color]))
        palette = random.integers(0, 256, (1 << depth, 3)) if color == 3 else None
        transparency = bytes([0, 128]) if color == 3 else None
        write_png(folder / f"{full}.png", samples, depth, color, palette, transparency, interlaced=interlaced)
        image = Image.open(folder / f"{full}.png")
        image.load()
        if name == "grey16":
            # Pillow clips 16-bit grey at 255, which leaves nothing of a picture: the high byte, as for its 16-bit RGB.
            image = Image.fromarray((samples[:, :, 0] >> 8).astype(np.uint8))
        pictures.append({"file": f"{full}.png", **store_rgb(full, image)})
        if color in (0, 3):
            labels.append({"file": f"{full}.png", **store_u16(full, samples[:, :, 0])})

samples = random.integers(0, 256, (H, W, 3))
write_png(folder / "exif6.png", samples, 8, 2, exif=tiff_orientation(6, ">"))
image = ImageOps.exif_transpose(Image.open(folder / "exif6.png"))
pictures.append({"file": "exif6.png", **store_rgb("exif6_png", image)})
cases["png"] = pictures
cases["labels"] = labels


# MARK: JPEG

def photograph(height, width):
    """Smooth colours with edges, so that chroma upsampling and DCT rounding matter."""
    y, x = np.mgrid[0:height, 0:width] / 8.0
    planes = [127 + 90 * np.sin(x + 0.5 * y), 127 + 90 * np.cos(0.7 * x - y), 127 + 90 * np.sin(0.3 * x * y)]
    picture = np.stack(planes, -1) + 30 * (x[..., None] > width / 16) + random.normal(0, 6, (height, width, 3))
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


jpegs = []
picture = photograph(27, 41)
for name, options in {
    "jpeg444": {"subsampling": 0}, "jpeg422": {"subsampling": 1}, "jpeg420": {"subsampling": 2},
    "progressive": {"subsampling": 2, "progressive": True}, "restart": {"subsampling": 2, "restart_marker_blocks": 2},
}.items():
    picture.save(folder / f"{name}.jpg", quality=85, **options)
    jpegs.append({"file": f"{name}.jpg", **store_rgb(name, Image.open(folder / f"{name}.jpg"))})
picture.convert("L").save(folder / "jpeggrey.jpg", quality=85)
jpegs.append({"file": "jpeggrey.jpg", **store_rgb("jpeggrey", Image.open(folder / "jpeggrey.jpg"))})
small = photograph(10, 14)
for value in range(1, 9):
    name = f"exif{value}"
    exif = b"Exif\0\0" + tiff_orientation(value, "<" if value % 2 else ">")
    small.save(folder / f"{name}.jpg", quality=90, subsampling=0, exif=exif)
    image = ImageOps.exif_transpose(Image.open(folder / f"{name}.jpg"))
    jpegs.append({"file": f"{name}.jpg", **store_rgb(name, image)})
picture.convert("CMYK").save(folder / "cmyk.jpg", quality=85)
cases["jpeg"] = jpegs


# MARK: resizing, with Pillow 13 or later (it may take the vertical pass first)

assert int(PIL.__version__.split(".")[0]) >= 13

source = photograph(23, 37)
pixels = np.asarray(source).copy()
pixels[5:9, 10:20] = random.integers(0, 2, (4, 10, 3)) * 255
source = Image.fromarray(pixels)
source.save(folder / "source.png")
cases["resize"] = []
for width, height in [(37, 11), (74, 46), (18, 23), (12, 9), (5, 3), (1, 1), (53, 31), (31, 53), (37, 23), (100, 7), (33, 14)]:
    name = f"resize_{width}x{height}"
    cases["resize"].append(store_rgb(name, source.resize((width, height), Image.BILINEAR)))

values = random.integers(0, 40, (23, 37))
write_png(folder / "labels_source.png", values[:, :, None], 8, 0)
cases["nearest"] = []
# The last is one where products in Float alone and in Double alone both give other pixels.
for width, height in [(74, 46), (19, 12), (53, 31), (31, 53), (111, 69), (86, 21), (220, 164)]:
    # As detectron2's ResizeTransform does it with the semantic mapper's double array.
    planes = torch.from_numpy(values.astype("double")).view(23, 37, 1, 1).permute(2, 3, 0, 1)
    resized = torch.nn.functional.interpolate(planes, (height, width), mode="nearest")[0, 0].numpy()
    cases["nearest"].append(store_u16(f"nearest_{width}x{height}", resized))
# Along one axis, sizes where rounding decides.
axis = []
for size, target in [(4, 220), (8, 328), (25, 205), (35, 230), (97, 388), (123, 369), (47, 376), (61, 244)]:
    planes = torch.arange(size, dtype=torch.double).view(1, 1, 1, size).expand(1, 1, 2, size).contiguous()
    resized = torch.nn.functional.interpolate(planes, (2, target), mode="nearest")[0, 0, 0]
    axis.append({"size": size, "sources": [int(v) for v in resized]})
cases["nearest axis"] = axis

(folder / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
