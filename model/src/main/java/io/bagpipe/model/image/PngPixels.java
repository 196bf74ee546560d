package io.bagpipe.model.image;

import java.util.Arrays;

/**
 * PNG's colour types and depths, unpacked to RGB over white. 16-bit samples keep their high byte.
 */
final class PngPixels {
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GREY_ALPHA = 4;
  private static final int RGBA = 6;

  private final int[] palette = new int[256];

  /** What an 8-bit-or-smaller grey sample or palette index becomes. */
  private final int[] table = new int[256];

  private int depth;
  private int colour;
  private int channels;

  /** The one colour that tRNS makes transparent, by sample at the file's depth; -1 for none. */
  private int keyRed;

  private int keyGreen;
  private int keyBlue;

  void begin(int depth, int colour) throws ImageRejectedException {
    boolean small = depth == 1 || depth == 2 || depth == 4;
    boolean known =
        switch (colour) {
          case GREY -> small || depth == 8 || depth == 16;
          case PALETTE -> small || depth == 8;
          case RGB, GREY_ALPHA, RGBA -> depth == 8 || depth == 16;
          default -> false;
        };
    if (!known) {
      throw Codec.corrupt("PNG: no such format: colour type " + colour + " at " + depth + " bits");
    }
    this.depth = depth;
    this.colour = colour;
    this.channels =
        switch (colour) {
          case RGB -> 3;
          case GREY_ALPHA -> 2;
          case RGBA -> 4;
          default -> 1;
        };
    keyRed = -1;
    if (colour == PALETTE) {
      Arrays.fill(palette, 0);
      Arrays.fill(table, 0);
    } else if (colour == GREY && depth <= 8) {
      int levels = 1 << depth;
      for (int i = 0; i < levels; i++) {
        table[i] = i * 255 / (levels - 1) * 0x010101;
      }
    }
  }

  long rowBytes(int width) {
    return ((long) width * channels * depth + 7) / 8;
  }

  int bytesPerPixel() {
    return Math.max(1, channels * depth / 8);
  }

  void palette(byte[] file, int at, int length) throws ImageRejectedException {
    if (length % 3 != 0 || length > 768) {
      throw Codec.corrupt("PNG: a palette of " + length + " bytes");
    }
    if (colour != PALETTE) {
      return;
    }
    for (int i = 0; i < length / 3; i++) {
      palette[i] =
          (file[at + 3 * i] & 0xFF) << 16
              | (file[at + 3 * i + 1] & 0xFF) << 8
              | (file[at + 3 * i + 2] & 0xFF);
      table[i] = palette[i];
    }
  }

  void transparency(byte[] file, int at, int length) {
    switch (colour) {
      case PALETTE -> {
        for (int i = 0; i < Math.min(length, 256); i++) {
          int p = palette[i];
          table[i] = overWhite(p >> 16, p >> 8 & 0xFF, p & 0xFF, file[at + i] & 0xFF);
        }
      }
      case GREY -> {
        if (length >= 2) {
          keyRed = sixteen(file, at);
          if (depth <= 8 && keyRed < 1 << depth) {
            table[keyRed] = 0xFFFFFF;
          }
        }
      }
      case RGB -> {
        if (length >= 6) {
          keyRed = sixteen(file, at);
          keyGreen = sixteen(file, at + 2);
          keyBlue = sixteen(file, at + 4);
        }
      }
      default -> {
        // types with an alpha channel have no key
      }
    }
  }

  private static int sixteen(byte[] bytes, int at) {
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }

  private static int overWhite(int red, int green, int blue, int alpha) {
    int white = 255 * (255 - alpha) + 127;
    return ((red * alpha + white) / 255) << 16
        | ((green * alpha + white) / 255) << 8
        | (blue * alpha + white) / 255;
  }

  /** Unpacks one unfiltered row of an interlacing pass into row {@code y} of the image. */
  void unpack(byte[] raw, int at, int passWidth, int[] pass, int y, PixelBuffer out) {
    Region held = out.held();
    int[] to = out.pixels();
    int step = pass[2];
    int first = Math.max(0, (held.left() - pass[0] + step - 1) / step);
    int end = Math.min(passWidth, Math.max(0, (held.right() - pass[0] + step - 1) / step));
    int o = (y - held.top()) * held.width() + pass[0] + first * step - held.left();
    if (channels == 1 && depth == 8) {
      for (int x = first; x < end; x++, o += step) {
        to[o] = table[raw[at + x] & 0xFF];
      }
    } else if (depth < 8) {
      int perByte = 8 / depth;
      int mask = (1 << depth) - 1;
      for (int x = first; x < end; x++, o += step) {
        int shift = 8 - depth * (x % perByte + 1);
        to[o] = table[raw[at + x / perByte] >> shift & mask];
      }
    } else if (colour == RGB && depth == 8 && keyRed < 0) {
      int i = at + 3 * first;
      for (int x = first; x < end; x++, o += step, i += 3) {
        to[o] = (raw[i] & 0xFF) << 16 | (raw[i + 1] & 0xFF) << 8 | (raw[i + 2] & 0xFF);
      }
    } else {
      int bytes = bytesPerPixel();
      for (int x = first; x < end; x++, o += step) {
        to[o] = pixel(raw, at + x * bytes);
      }
    }
  }

  /** A pixel of whole bytes: the rarer kinds. */
  private int pixel(byte[] raw, int i) {
    int size = depth / 8;
    int first = raw[i] & 0xFF;
    return switch (colour) {
      case GREY -> keyRed >= 0 && keyRed == sixteen(raw, i) ? 0xFFFFFF : first * 0x010101;
      case GREY_ALPHA -> overWhite(first, first, first, raw[i + size] & 0xFF);
      case RGBA ->
          overWhite(
              first, raw[i + size] & 0xFF, raw[i + 2 * size] & 0xFF, raw[i + 3 * size] & 0xFF);
      default -> {
        int green = raw[i + size] & 0xFF;
        int blue = raw[i + 2 * size] & 0xFF;
        boolean key =
            keyRed >= 0
                && (depth == 16
                    ? keyRed == sixteen(raw, i)
                        && keyGreen == sixteen(raw, i + 2)
                        && keyBlue == sixteen(raw, i + 4)
                    : keyRed == first && keyGreen == green && keyBlue == blue);
        yield key ? 0xFFFFFF : first << 16 | green << 8 | blue;
      }
    };
  }
}
