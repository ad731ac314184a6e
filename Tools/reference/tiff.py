"""Makes the TIFF files of Tests/ImagesTests/Fixtures with Pillow: labels by the formula of TIFFTests.swift.

Run from the package's folder: python Tools/reference/tiff.py
Needs numpy and Pillow.
"""
from pathlib import Path

import numpy as np
from PIL import Image

folder = Path("Tests/ImagesTests/Fixtures")
y, x = np.mgrid[:19, :23]
labels = ((y * 2999 + x * 31) % 65536).astype(np.uint16)

# As MaskFormer's prepare_ade20k_full_sem_seg.py writes them.
Image.fromarray(labels).save(folder / "tiff16.tif")
Image.fromarray(labels).save(folder / "tiff16lzw.tif", compression="tiff_lzw")
Image.fromarray(labels.astype(">u2")).save(folder / "tiff16big.tif")
Image.fromarray((labels % 256).astype(np.uint8)).save(folder / "tiff8.tif")
Image.fromarray(labels.astype(np.float32)).save(folder / "tifffloat.tif")
Image.fromarray(np.stack([labels % 256] * 3, -1).astype(np.uint8)).save(folder / "tiffrgb.tif")
# Turned by a quarter when it is read.
Image.fromarray(labels).save(folder / "tiff16turned.tif", tiffinfo={274: 6})
