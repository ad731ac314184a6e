"""Writes Tests/ImagesTests/Fixtures/orientation: small PNGs and JPEGs that say in every way how they are turned, and what
Pillow's ImageOps.exif_transpose makes of them. Pictures that Pillow finds no way to turn stay as they are, as in
detectron2's read_image.

    python3 Tools/reference/orientation.py        # numpy, pillow 13 or later
"""
import io, json, pathlib, struct, warnings, zlib
import numpy as np
import PIL
from PIL import Image, ImageOps

assert int(PIL.__version__.split(".")[0]) >= 13
warnings.simplefilter("ignore")
folder = pathlib.Path(__file__).resolve().parents[2] / "Tests/ImagesTests/Fixtures/orientation"
folder.mkdir(exist_ok=True)
pixels = (np.arange(45).reshape(3, 5, 3) * 5).astype(np.uint8)
cases = []


def exif(value, order="<", kind=3, count=1):
    """A TIFF block with a maker's tag and, where there is a value, the orientation."""
    value_bytes = {1: struct.pack("Bxxx", value or 0), 3: struct.pack(order + "HH", value or 0, 0),
                   4: struct.pack(order + "I", value or 0), 8: struct.pack(order + "hh", value or 0, 0),
                   9: struct.pack(order + "i", value or 0)}[kind]
    entries = [(0x010F, 2, 4, b"Cam\0")] + ([] if value is None else [(0x0112, kind, count, value_bytes)])
    block = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, len(entries))
    for tag, kind, count, data in entries:
        block += struct.pack(order + "HHI", tag, kind, count) + data
    return block + struct.pack(order + "I", 0)


def xmp(value, form="attribute"):
    middle = {"attribute": f' tiff:Orientation="{value}"/>', "quote": f" tiff:Orientation='{value}'/>",
              "element": f"><tiff:Orientation>{value}</tiff:Orientation></rdf:Description>"}[form]
    return ('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
            + middle + "</x:xmpmeta>").encode()


def raw(block, name=b"exif", prefix=b"Exif\0\0"):
    data = prefix + block
    digits = data.hex()
    lines = "\n".join(digits[start:start + 72] for start in range(0, len(digits), 72))
    return b"\n%s\n%8d\n%s\n" % (name, len(data), lines.encode())


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def text(key, value):
    return chunk(b"tEXt", key + b"\0" + value)


def ztext(key, value, cut=None):
    return chunk(b"zTXt", key + b"\0\0" + zlib.compress(value)[:cut])


def itext(key, value, packed=False):
    return chunk(b"iTXt", key + bytes([0, packed, 0]) + b"en\0key\0" + (zlib.compress(value) if packed else value))


def stored(data, name):
    (folder / name).write_bytes(data)
    image = Image.open(io.BytesIO(data))
    try:
        image = ImageOps.exif_transpose(image)
    except Exception as error:
        print(f"{name}: Pillow fails ({error})")
    rgb = np.asarray(image.convert("RGB"))
    cases.append({"file": name, "width": rgb.shape[1], "height": rgb.shape[0], "rgb": rgb.tobytes().hex()})


def png(name, before=b"", after=b"", parts=1, end=b""):
    data = zlib.compress(b"".join(b"\0" + row.tobytes() for row in pixels))
    size = -(-len(data) // parts)
    stored(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 5, 3, 8, 2, 0, 0, 0)) + before
        + b"".join(chunk(b"IDAT", data[start:start + size]) for start in range(0, len(data), size))
        + after + chunk(b"IEND", b"") + end, name + ".png")


def jpeg(name, *blocks):
    file = io.BytesIO()
    Image.fromarray(np.repeat(np.repeat(pixels, 8, 0), 8, 1)).save(file, "JPEG", quality=95, subsampling=0)
    data = file.getvalue()
    for block in reversed(blocks):
        data = data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:]
    stored(data, name + ".jpg")


PROFILE, XMP = b"Raw profile type exif", b"XML:com.adobe.xmp"
for value in range(1, 9):
    png(f"exif_after_{value}", after=chunk(b"eXIf", exif(value, "<" if value % 2 else ">")))
png("exif_before", chunk(b"eXIf", exif(6)))
png("exif_behind_many_parts", after=chunk(b"eXIf", exif(8)), parts=9)
png("exif_twice", chunk(b"eXIf", exif(6)), chunk(b"eXIf", exif(3)))
png("exif_after_the_end", end=chunk(b"eXIf", exif(6)))
png("exif_with_mark", chunk(b"eXIf", b"Exif\0\0" + exif(6)))
png("exif_with_two_marks", chunk(b"eXIf", b"Exif\0\0Exif\0\0" + exif(6)))
for kind, name in [(1, "byte"), (4, "long"), (8, "signed"), (9, "signed_long")]:
    png(f"exif_{name}", chunk(b"eXIf", exif(6, kind=kind)))
    png(f"exif_{name}_big", chunk(b"eXIf", exif(6, ">", kind=kind)))
png("exif_two_values", chunk(b"eXIf", exif(6, count=2)))
png("exif_zero", chunk(b"eXIf", exif(0)))
png("exif_nine", chunk(b"eXIf", exif(9)))
png("exif_no_tiff", chunk(b"eXIf", b"no such thing"))
png("exif_empty", chunk(b"eXIf", b""))
png("exif_cut", chunk(b"eXIf", exif(6)[:24]))
png("exif_as_text", text(b"exif", b"Exif\0\0" + exif(6)))
png("raw_packed", ztext(PROFILE, raw(exif(6))))
png("raw_packed_after", after=ztext(PROFILE, raw(exif(6))))
png("raw_plain", text(PROFILE, raw(exif(8))))
png("raw_international", itext(PROFILE, raw(exif(6))))
png("raw_international_packed", after=itext(PROFILE, raw(exif(5)), packed=True))
png("raw_without_mark", ztext(PROFILE, raw(exif(6), prefix=b"")))
png("raw_app1", ztext(b"Raw profile type APP1", raw(exif(6), name=b"app1")))
png("raw_twice", ztext(PROFILE, raw(exif(6))), ztext(PROFILE, raw(exif(3))))
png("raw_and_exif", ztext(PROFILE, raw(exif(6))), chunk(b"eXIf", exif(3)))
png("raw_odd", text(PROFILE, raw(exif(6)) + b"7"))
png("raw_no_digits", text(PROFILE, raw(exif(6)) + b"zz"))
png("raw_short", text(PROFILE, b"\nexif\n"))
png("xmp_attribute", itext(XMP, xmp(6)))
png("xmp_element_after", after=itext(XMP, xmp(6, "element")))
png("xmp_quote", itext(XMP, xmp(6, "quote")))
png("xmp_packed", itext(XMP, xmp(8), packed=True))
png("xmp_as_text", text(XMP, xmp(6)))
png("xmp_nine", itext(XMP, xmp(9)))
png("xmp_second_place", itext(XMP, xmp("") + xmp(6)))
png("xmp_beside_exif", chunk(b"eXIf", exif(3)) + itext(XMP, xmp(6)))
png("xmp_beside_upright_exif", chunk(b"eXIf", exif(1)), itext(XMP, xmp(6)))
png("xmp_beside_zero", chunk(b"eXIf", exif(0)), itext(XMP, xmp(6)))
png("xmp_beside_byte", chunk(b"eXIf", exif(3, kind=1)), itext(XMP, xmp(6)))
png("xmp_beside_exif_without", chunk(b"eXIf", exif(None)), itext(XMP, xmp(6)))
png("xmp_beside_raw", itext(XMP, xmp(6)) + ztext(PROFILE, raw(exif(3))))
png("xmp_beside_raw_without", itext(XMP, xmp(6)) + ztext(PROFILE, raw(exif(None))))

MARK, PACKET = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
jpeg("xmp", PACKET + xmp(6))
jpeg("xmp_element", PACKET + xmp(8, "element"))
jpeg("xmp_beside_exif", PACKET + xmp(6), MARK + exif(3))
jpeg("xmp_beside_upright_exif", MARK + exif(1), PACKET + xmp(6))
jpeg("xmp_beside_exif_without", MARK + exif(None), PACKET + xmp(6))
jpeg("xmp_twice", PACKET + xmp(6), PACKET + xmp(3))
jpeg("exif_in_two_parts", MARK + exif(6)[:20], MARK + exif(6)[20:])
jpeg("exif_twice", MARK + exif(6), MARK + exif(3))
(folder / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
