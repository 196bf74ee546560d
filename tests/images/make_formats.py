#!/usr/bin/python3
"""Makes small image files of many kinds with Pillow, and beside each what it must decode to, as a plain PNG.

  make_formats.py OUT_DIR

The outcome is checked in as model/src/test/resources/images.  Expected pixels are Pillow's own reading of the file:
exif_transpose, then transparency over white, then RGB; 16-bit grey keeps its high byte (Pillow's convert would clip it).
"""
import os
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageFilter, ImageOps

out = sys.argv[1]
os.makedirs(out, exist_ok=True)
rng = np.random.RandomState(7)


def picture(width, height):
    """Smooth colours with edges and a little noise, so that chroma and fine detail both matter."""
    y, x = np.mgrid[0:height, 0:width]
    base = np.stack([127 + 120 * np.sin(x / 9.0 + y / 17.0), 255 * x / max(1, width - 1), 127 + 120 * np.cos(y / 7.0)], -1)
    base[(x // 12 + y // 10) % 3 == 0] *= 0.6
    base += rng.randn(height, width, 3) * 4
    return Image.fromarray(base.clip(0, 255).astype(np.uint8))


def expected(path):
    image = Image.open(path)
    image.seek(0)
    if image.format != "TIFF":  # Pillow turns those while loading
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image).astype(np.int64) >> 8).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return image.convert("RGB")


def done(name):
    expected(os.path.join(out, name)).save(os.path.join(out, name + ".expected.png"), optimize=True)


def save(name, image, **options):
    image.save(os.path.join(out, name), **options)
    done(name)


def png(name, width, height, depth, colour, rows, interlace=0, extra=b""):
    """A PNG by hand: kinds that Pillow does not write.  rows: unfiltered bytes, or passes of them."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    with open(os.path.join(out, name), "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    done(name)


def filtered(pixels, bytes_per_pixel):
    """Rows of bytes with all five filters in turn."""
    result, above = b"", np.zeros(pixels.shape[1], np.int32)
    for number, row in enumerate(pixels.astype(np.int32)):
        left = np.concatenate([np.zeros(bytes_per_pixel, np.int32), row[:-bytes_per_pixel]])
        corner = np.concatenate([np.zeros(bytes_per_pixel, np.int32), above[:-bytes_per_pixel]])
        p = left + above - corner
        a, b, c = abs(p - left), abs(p - above), abs(p - corner)
        paeth = np.where((a <= b) & (a <= c), left, np.where(b <= c, above, corner))
        kind = number % 5
        guess = [0 * row, left, above, (left + above) // 2, paeth][kind]
        result += bytes([kind]) + ((row - guess) & 255).astype(np.uint8).tobytes()
        above = row
    return result


def adam7(pixels, bytes_per_pixel):
    """pixels: [height, width, bytes]."""
    result = b""
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        part = pixels[y0::dy, x0::dx]
        if part.size:
            result += filtered(part.reshape(part.shape[0], -1), bytes_per_pixel)
    return result


rgb = picture(61, 47)
grey = rgb.convert("L")
alpha = Image.fromarray(np.tile(np.linspace(0, 255, 61).astype(np.uint8), (47, 1)))
rgba = rgb.copy()
rgba.putalpha(alpha)
la = grey.copy()
la.putalpha(alpha)

for sampling in (0, 1, 2):
    save(f"baseline-{['444', '422', '420'][sampling]}.jpg", rgb, quality=90, subsampling=sampling)
    save(f"progressive-{['444', '422', '420'][sampling]}.jpg", rgb, quality=85, subsampling=sampling, progressive=True)
save("optimized.jpg", rgb, quality=60, optimize=True)
save("quality-100.jpg", rgb, quality=100, subsampling=0)
save("quality-10.jpg", rgb, quality=10)
save("grey.jpg", grey, quality=90)
save("grey-progressive.jpg", grey, quality=90, progressive=True)
save("cmyk.jpg", rgb.convert("CMYK"), quality=92)
save("rgb-16x16.jpg", picture(16, 16), quality=90)
save("1x1.jpg", picture(1, 1), quality=90)
save("3x200.jpg", picture(3, 200), quality=90)
save("200x3.jpg", picture(200, 3), quality=90, progressive=True)
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x112] = orientation
    save(f"orientation-{orientation}.jpg", rgb.crop((0, 0, 40, 24)), quality=90, exif=exif)
    if orientation in (3, 6, 7):
        save(f"orientation-{orientation}.png", rgb.crop((0, 0, 40, 24)), exif=exif)
        save(f"orientation-{orientation}.webp", rgb.crop((0, 0, 40, 24)), lossless=True, exif=exif)
        save(f"orientation-{orientation}.tif", rgb.crop((0, 0, 40, 24)), exif=exif)

save("rgb.png", rgb)
save("grey.png", grey)
save("rgba.png", rgba)
save("grey-alpha.png", la)
save("palette.png", rgb.quantize(200))
save("palette-4.png", rgb.quantize(13))
save("palette-2.png", rgb.quantize(4))
save("palette-transparent.png", rgb.quantize(50), transparency=3)
save("palette-alpha.png", rgba.quantize(60))
save("bilevel.png", grey.convert("1"))
save("grey-16.png", Image.fromarray(np.asarray(grey).astype(np.uint16) * 257 + 20))
save("rgb-key.png", rgb.filter(ImageFilter.MedianFilter(9)).quantize(6).convert("RGB"), transparency=tuple(rgb.filter(ImageFilter.MedianFilter(9)).quantize(6).convert("RGB").getpixel((5, 5))))
save("grey-key.png", grey.quantize(6).convert("L"), transparency=grey.quantize(6).convert("L").getpixel((5, 5)))
save("1x1.png", picture(1, 1))
save("1x5000.png", picture(1, 5000))
a = np.asarray(rgb)
png("all-filters.png", 61, 47, 8, 2, filtered(a.reshape(47, -1), 3))
png("interlaced.png", 61, 47, 8, 2, adam7(a, 3), 1)
png("interlaced-grey-3x2.png", 3, 2, 8, 0, adam7(np.asarray(grey)[:2, :3, None], 1), 1)
wide = np.repeat(a, 2, axis=2)
png("rgb-16.png", 61, 47, 16, 2, filtered(wide.reshape(47, -1), 6))
png("rgba-16.png", 61, 47, 16, 6, filtered(np.repeat(np.asarray(rgba), 2, axis=2).reshape(47, -1), 8))
png("grey-2.png", 61, 47, 2, 0, filtered(np.packbits(((np.pad(np.asarray(grey), ((0, 0), (0, 3)))[:, :, None] >> np.array([7, 6])) & 1).reshape(47, -1), axis=1), 1))
png("grey-4.png", 61, 47, 4, 0, filtered(np.packbits(((np.pad(np.asarray(grey), ((0, 0), (0, 1)))[:, :, None] >> np.array([7, 6, 5, 4])) & 1).reshape(47, -1), axis=1), 1))

save("rgb.bmp", rgb)
save("grey.bmp", grey)
save("palette.bmp", rgb.quantize(200))
save("bilevel.bmp", grey.convert("1"))
save("rgb.gif", rgb)
save("interlaced.gif", rgb.quantize(64), interlace=1)
save("transparent.gif", rgb.quantize(64), transparency=5)
save("animated.gif", rgb.quantize(64), save_all=True, append_images=[grey.convert("P"), rgb.quantize(16)], loop=0)
save("lossy.webp", rgb, quality=80)
save("lossy-20.webp", rgb, quality=20)
save("lossy-95.webp", picture(40, 33), quality=95)
save("lossy-animated.webp", rgb, save_all=True, append_images=[grey.convert("RGB")], quality=80)
save("alpha-animated.webp", rgba, save_all=True, append_images=[rgba.rotate(180)], quality=80)
save("lossless.webp", rgb, lossless=True)
save("alpha.webp", rgba, quality=80)
save("alpha-lossless.webp", rgba, lossless=True, exact=True)
save("grey.tif", grey)
save("rgb.tif", rgb)
save("rgba.tif", rgba)
save("bilevel-g4.tif", grey.convert("1"), compression="group4")
save("rgb-lzw.tif", rgb, compression="tiff_lzw")
save("rgb-deflate.tif", rgb, compression="tiff_adobe_deflate")
save("rgb-packbits.tif", rgb, compression="packbits")
save("palette.tif", rgb.quantize(100))
save("cmyk.tif", rgb.convert("CMYK"))
save("grey-16.tif", Image.fromarray(np.asarray(grey).astype(np.uint16) * 257 + 20))
