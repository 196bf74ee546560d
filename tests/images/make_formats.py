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

import jpeg_writer

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


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(name, width, height, depth, colour, rows, interlace=0, extra=b""):
    """A PNG by hand: kinds that Pillow does not write.  rows: unfiltered bytes, or passes of them."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    with open(os.path.join(out, name), "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + extra + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b""))
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

# Last, so that what is drawn from the random numbers above stays as it is.
ycc = np.asarray(rgb.convert("YCbCr")).transpose(2, 0, 1)


def jpeg(name, planes, factors, **options):
    jpeg_writer.write(os.path.join(out, name), planes, factors, **options)
    done(name)


for name, factors in {"440": (1, 2), "411": (4, 1), "410": (4, 2), "441": (1, 4)}.items():
    jpeg(f"baseline-{name}.jpg", ycc, [factors, (1, 1), (1, 1)])
    jpeg(f"progressive-{name}.jpg", ycc, [factors, (1, 1), (1, 1)], progressive=True)
jpeg("uneven-sampling.jpg", ycc, [(2, 2), (2, 1), (1, 2)])
jpeg("restart-420.jpg", ycc, [(2, 2), (1, 1), (1, 1)], restart=1)
jpeg("restart-progressive.jpg", ycc, [(2, 2), (1, 1), (1, 1)], restart=3, progressive=True)
jpeg("rgb-adobe.jpg", np.asarray(rgb).transpose(2, 0, 1), [(1, 1)] * 3, adobe=0)
jpeg("ycck.jpg", list(ycc) + [255 - np.asarray(grey) // 3], [(2, 2), (1, 1), (1, 1), (2, 2)], adobe=2)
jpeg("ycck-progressive.jpg", list(ycc) + [255 - np.asarray(grey) // 3], [(1, 1)] * 4, adobe=2, progressive=True)
jpeg("cmyk-by-hand.jpg", np.asarray(rgb.convert("CMYK")).transpose(2, 0, 1), [(1, 1)] * 4, adobe=0)
for width, height in ((1, 1), (17, 1), (1, 17), (15, 33)):
    save(f"{width}x{height}-420.jpg", picture(width, height), quality=90, subsampling=2)
    save(f"{width}x{height}-420-progressive.jpg", picture(width, height), quality=90, subsampling=2, progressive=True)
save("5000x1.png", picture(5000, 1))
save("5000x1.jpg", picture(5000, 1), quality=50)
save("1x5000.jpg", picture(1, 5000), quality=50)
few = rgb.quantize(16)
png("interlaced-palette-transparent.png", 61, 47, 8, 3, adam7(np.asarray(few)[:, :, None], 1), 1,
    png_chunk(b"PLTE", bytes(few.getpalette()[:48])) + png_chunk(b"tRNS", bytes([0, 80, 160, 255, 40])))
png("interlaced-grey-16.png", 61, 47, 16, 0, adam7(np.stack([np.asarray(grey), 255 - np.asarray(grey)], -1), 2), 1)


def rle8(indices):
    """Runs, stretches and an end for every row, from the bottom up."""
    data = b""
    for row in indices[::-1]:
        at = 0
        while at < len(row):
            run = 1
            while at + run < len(row) and run < 255 and row[at + run] == row[at]:
                run += 1
            if run == 1 and at + 3 <= len(row):
                data += bytes([0, 3]) + bytes(row[at:at + 3]) + b"\0"
                at += 3
            else:
                data += bytes([run, row[at]])
                at += run
        data += b"\0\0"
    return data + b"\0\1"


def bmp(name, indices, palette):
    data = rle8(indices)
    colours = b"".join(bytes([b, g, r, 0]) for r, g, b in zip(palette[::3], palette[1::3], palette[2::3]))
    height, width = indices.shape
    start = 54 + len(colours)
    with open(os.path.join(out, name), "wb") as f:
        f.write(b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start)
                + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(data), 0, 0, len(colours) // 4, 0) + colours + data)
    done(name)


bmp("rle8.bmp", np.asarray(few), few.getpalette()[:48])
save("grey-lzw.tif", grey, compression="tiff_lzw")
save("palette-lzw.tif", few, compression="tiff_lzw")
save("jpeg.tif", rgb, compression="jpeg")


def planar_tiff(name, image):
    """One strip for each of red, green and blue."""
    planes = np.asarray(image).transpose(2, 0, 1)
    height, width = planes.shape[1:]
    strips = [zlib.compress(plane.tobytes(), 9) for plane in planes]
    head = 8 + 2 + 12 * 10 + 4
    lists = head + 6
    first = lists + 24
    starts = [first + sum(len(s) for s in strips[:i]) for i in range(3)]
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, head), (259, 3, 1, 8), (262, 3, 1, 2), (273, 4, 3, lists),
            (277, 3, 1, 3), (278, 4, 1, height), (279, 4, 3, lists + 12), (284, 3, 1, 2)]
    with open(os.path.join(out, name), "wb") as f:
        f.write(b"II*\0" + struct.pack("<IH", 8, len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + struct.pack("<I", 0)
                + struct.pack("<HHH", 8, 8, 8) + struct.pack("<III", *starts) + struct.pack("<III", *map(len, strips)) + b"".join(strips))
    done(name)


planar_tiff("planar-deflate.tif", rgb)
