"""A JPEG encoder for kinds of files that Pillow does not write: any sampling factors, restart intervals, progressive scans, Adobe's transforms."""
import struct

import numpy as np

ZIGZAG = sorted(range(64), key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i % 8) % 2 else i % 8))
DC_SYMBOLS = list(range(12))
AC_SYMBOLS = [0x00, 0xF0] + [run << 4 | size for run in range(16) for size in range(1, 11)]
BASIS = np.array([[(0.5 if u else 0.125 ** 0.5) * np.cos((2 * x + 1) * u * np.pi / 16) for x in range(8)] for u in range(8)])


class Bits:
    def __init__(self):
        self.value, self.count, self.out = 0, 0, bytearray()

    def put(self, value, length):
        for i in range(length - 1, -1, -1):
            self.value, self.count = self.value << 1 | value >> i & 1, self.count + 1
            if self.count == 8:
                self.out += bytes([self.value]) + (b"\0" if self.value == 0xFF else b"")
                self.value, self.count = 0, 0

    def flush(self):
        while self.count:
            self.put(1, 1)

    def number(self, n):
        size = int(abs(n)).bit_length()
        return size, (n if n > 0 else n + (1 << size) - 1)


def coefficients(plane, across, down, quantiser):
    """Of a component with 8 across x 8 down samples and more: zigzag order, [down, across, 64]."""
    padded = np.pad(plane, ((0, 8 * down - plane.shape[0]), (0, 8 * across - plane.shape[1])), mode="edge") - 128.0
    blocks = padded.reshape(down, 8, across, 8).transpose(0, 2, 1, 3)
    flat = (BASIS @ blocks @ BASIS.T).reshape(down, across, 64)[:, :, ZIGZAG]
    return np.round(flat / quantiser).astype(int)


def write(path, planes, factors, adobe=None, restart=0, progressive=False, quantiser=6):
    """planes: full-size components of one shape; factors: (h, v) of each."""
    height, width = planes[0].shape
    most_h, most_v = max(h for h, _ in factors), max(v for _, v in factors)
    mcus_x, mcus_y = -(-width // (8 * most_h)), -(-height // (8 * most_v))
    components = []
    for plane, (h, v) in zip(planes, factors):
        step_x, step_y = most_h // h, most_v // v
        whole = np.pad(plane.astype(float), ((0, -height % step_y), (0, -width % step_x)), mode="edge")
        small = whole.reshape(whole.shape[0] // step_y, step_y, whole.shape[1] // step_x, step_x).mean((1, 3))
        components.append((coefficients(small, mcus_x * h, mcus_y * v, quantiser), small.shape))

    out = bytearray(b"\xff\xd8")

    def segment(marker, data):
        out.extend(struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data)

    if adobe is not None:
        segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, adobe))
    segment(0xDB, b"\0" + bytes([quantiser] * 64))
    segment(0xC2 if progressive else 0xC0, struct.pack(">BHHB", 8, height, width, len(planes))
            + b"".join(bytes([i + 1, h << 4 | v, 0]) for i, (h, v) in enumerate(factors)))
    # codes of 4 and of 8 bits, in the order of the symbols
    segment(0xC4, b"\0" + bytes([0, 0, 0, 12] + [0] * 12) + bytes(DC_SYMBOLS))
    segment(0xC4, b"\x10" + bytes([0] * 7 + [len(AC_SYMBOLS)] + [0] * 8) + bytes(AC_SYMBOLS))
    if restart:
        segment(0xDD, struct.pack(">H", restart))

    def block(bits, zigzag, before, first, last):
        if first == 0:
            size, value = bits.number(zigzag[0] - before)
            bits.put(size, 4)
            bits.put(value, size)
        run = 0
        for k in range(max(1, first), last + 1):
            if zigzag[k] == 0:
                run += 1
                continue
            while run > 15:
                bits.put(AC_SYMBOLS.index(0xF0), 8)
                run -= 16
            size, value = bits.number(zigzag[k])
            bits.put(AC_SYMBOLS.index(run << 4 | size), 8)
            bits.put(value, size)
            run = 0
        if run and last > 0:
            bits.put(AC_SYMBOLS.index(0x00), 8)

    def scan(which, first, last):
        segment(0xDA, bytes([len(which)]) + b"".join(bytes([i + 1, 0]) for i in which) + bytes([first, last, 0]))
        if len(which) > 1:
            units = [[(i, y * factors[i][1] + v, x * factors[i][0] + h) for i in which for v in range(factors[i][1]) for h in range(factors[i][0])]
                     for y in range(mcus_y) for x in range(mcus_x)]
        else:
            rows, columns = (-(-n // 8) for n in components[which[0]][1])
            units = [[(which[0], y, x)] for y in range(rows) for x in range(columns)]
        bits, before = Bits(), [0] * len(planes)
        for number, unit in enumerate(units):
            if restart and number and number % restart == 0:
                bits.flush()
                bits.out += bytes([0xFF, 0xD0 + (number // restart - 1) % 8])
                before = [0] * len(planes)
            for i, y, x in unit:
                zigzag = components[i][0][y, x]
                block(bits, zigzag, before[i], first, last)
                before[i] = zigzag[0]
        bits.flush()
        out.extend(bits.out)

    everything = list(range(len(planes)))
    if progressive:
        scan(everything, 0, 0)
        for i in everything:
            scan([i], 1, 5)
            scan([i], 6, 63)
    else:
        scan(everything, 0, 63)
    out.extend(b"\xff\xd9")
    with open(path, "wb") as f:
        f.write(out)
