package io.bagpipe.model.image;

/**
 * From rows of component samples to packed RGB: upsampling with libjpeg's triangle filter for
 * components at half resolution, colour conversion in its fixed point. It lags the decoder by one
 * row of chroma, because that filter looks one row ahead. Inner loops are over whole rows of ints,
 * which the JIT compiler turns into vector instructions. Confined to one thread.
 */
final class JpegRows {
  // 128 of chroma is none; and a half, for rounding.
  private static final int RED_ZERO = 128 * 91881 - 32768;
  private static final int GREEN_ZERO = 128 * (22554 + 46802) + 32768;
  private static final int BLUE_ZERO = 128 * 116130 - 32768;

  private final JpegHeaders headers;
  private int[][] upsampled = new int[4][0];
  private int[] sums = new int[0];
  private int[] greens = sums;
  private PixelBuffer out = new PixelBuffer();
  private boolean ycc;
  private int nextRow;

  JpegRows(JpegHeaders headers) {
    this.headers = headers;
  }

  /** Begins an image; the components' output fields are set. */
  void begin(PixelBuffer out) {
    this.out = out;
    this.ycc = headers.componentCount >= 3 && headers.isYcc();
    this.nextRow = out.held().top();
    for (int i = 0; i < headers.componentCount; i++) {
      JpegComponent c = headers.components[i];
      int room = (c.ringWidth + 2) * Math.max(1, c.stepX) + 8;
      if (upsampled[i].length < room) {
        upsampled[i] = new int[room];
      }
      if (sums.length < c.ringWidth) {
        sums = new int[c.ringWidth];
        greens = new int[c.ringWidth];
      }
    }
  }

  /** Makes pixels of all rows before {@code end} that have not been made yet. */
  void emit(int end) {
    Region held = out.held();
    int last = Math.min(end, held.bottom());
    for (; nextRow < last; nextRow++) {
      int o = (nextRow - held.top()) * held.width();
      switch (headers.componentCount) {
        case 1 -> grey(row(0), offset(0), o);
        case 3 -> {
          if (ycc) {
            yccRow(o);
          } else {
            rgbRow(o);
          }
        }
        default -> cmykRow(o);
      }
    }
  }

  /** The component's samples for the next row, at the output's resolution. */
  private int[] row(int component) {
    JpegComponent c = headers.components[component];
    if (c.stepX == 1 && c.stepY == 1) {
      return c.ring;
    }
    upsample(c, nextRow, upsampled[component]);
    return upsampled[component];
  }

  private int offset(int component) {
    JpegComponent c = headers.components[component];
    return c.stepX == 1 && c.stepY == 1 ? c.ringRow(Math.min(nextRow, c.height - 1)) : 0;
  }

  private void upsample(JpegComponent c, int row, int[] to) {
    int width = Math.min(c.ringWidth, c.width - c.ringLeft);
    int near = Math.min(row / c.stepY, c.height - 1);
    // libjpeg does not filter components of one or two columns.
    boolean narrow = c.stepX == 2 && c.width <= 2;
    if (c.stepX > 2 || c.stepY > 2 || narrow) {
      int from = c.ringRow(near);
      int columns = out.held().width();
      for (int x = 0; x < columns; x++) {
        to[x] = c.ring[from + Math.min(x / c.stepX, width - 1)];
      }
      return;
    }
    if (c.stepY == 1) {
      doubleColumns(c.ring, c.ringRow(near), width, to, 1, 2, 2);
      return;
    }
    boolean upper = row % 2 == 0;
    int far = Math.max(c.ringTop, Math.min(c.height - 1, upper ? near - 1 : near + 1));
    int[] ring = c.ring;
    int a = c.ringRow(near);
    int b = c.ringRow(far);
    if (c.stepX == 1) {
      int round = upper ? 1 : 2;
      for (int x = 0; x < width; x++) {
        to[x] = (3 * ring[a + x] + ring[b + x] + round) >> 2;
      }
      return;
    }
    int[] sum = sums;
    for (int x = 0; x < width; x++) {
      sum[x] = 3 * ring[a + x] + ring[b + x];
    }
    doubleColumns(sum, 0, width, to, 8, 7, 4);
  }

  /** Two samples for each, three parts near and one part far, rounded down in turn. */
  private static void doubleColumns(
      int[] from, int at, int width, int[] to, int roundLeft, int roundRight, int shift) {
    int before = from[at];
    int here = before;
    for (int x = 0, o = 0; x < width - 1; x++, o += 2) {
      int after = from[at + x + 1];
      to[o] = (3 * here + before + roundLeft) >> shift;
      to[o + 1] = (3 * here + after + roundRight) >> shift;
      before = here;
      here = after;
    }
    to[2 * width - 2] = (3 * here + before + roundLeft) >> shift;
    to[2 * width - 1] = (4 * here + roundRight) >> shift;
  }

  private void grey(int[] level, int at, int o) {
    int[] pixels = out.pixels();
    int width = out.held().width();
    for (int x = 0; x < width; x++) {
      pixels[o + x] = level[at + x] * 0x010101;
    }
  }

  private void rgbRow(int o) {
    int[] red = row(0);
    int[] green = row(1);
    int[] blue = row(2);
    int r = offset(0);
    int g = offset(1);
    int b = offset(2);
    int[] pixels = out.pixels();
    int width = out.held().width();
    for (int x = 0; x < width; x++) {
      pixels[o + x] = red[r + x] << 16 | green[g + x] << 8 | blue[b + x];
    }
  }

  private void yccRow(int o) {
    convert(row(0), offset(0), row(1), offset(1), row(2), offset(2), o);
  }

  /** In three short loops, because the compiler makes no vector code of one long one. */
  private void convert(int[] luma, int l, int[] blues, int b, int[] reds, int r, int o) {
    int[] pixels = out.pixels();
    int width = out.held().width();
    int[] red = sums;
    int[] green = greens;
    for (int x = 0; x < width; x++) {
      red[x] = clamp(luma[l + x] + ((91881 * reds[r + x] - RED_ZERO) >> 16));
    }
    for (int x = 0; x < width; x++) {
      green[x] =
          clamp(luma[l + x] + ((GREEN_ZERO - 22554 * blues[b + x] - 46802 * reds[r + x]) >> 16));
    }
    for (int x = 0; x < width; x++) {
      pixels[o + x] =
          clamp(luma[l + x] + ((116130 * blues[b + x] - BLUE_ZERO) >> 16))
              | green[x] << 8
              | red[x] << 16;
    }
  }

  /**
   * Limits to 0 to 255, by bits: the compiler of Java 17 makes no vector code of Math.min and max.
   */
  private static int clamp(int value) {
    int positive = value & ~(value >> 31);
    return (positive | ((255 - positive) >> 31)) & 255;
  }

  /** Inks are stored inverted, as Adobe does it and Pillow expects. */
  private void cmykRow(int o) {
    if (ycc) {
      yccRow(o);
    } else {
      rgbRow(o);
    }
    int[] black = row(3);
    int k = offset(3);
    int[] pixels = out.pixels();
    int width = out.held().width();
    int invert = ycc ? 0xFFFFFF : 0;
    for (int x = 0; x < width; x++) {
      int ink = ~(pixels[o + x] ^ invert);
      int light = black[k + x];
      pixels[o + x] =
          (light - part(ink >> 16, light)) << 16
              | (light - part(ink >> 8, light)) << 8
              | (light - part(ink, light));
    }
  }

  /** What an ink takes of the light that black leaves, rounded as Pillow rounds it. */
  private static int part(int ink, int light) {
    int product = (ink & 0xFF) * light + 128;
    return ((product >> 8) + product) >> 8;
  }
}
