package io.bagpipe.model.augment;

import io.bagpipe.model.image.PixelBuffer;
import io.bagpipe.model.image.Region;

/**
 * Bilinear resizing with antialiasing, as Pillow's {@code resize(BILINEAR)} does it: a triangle
 * filter as wide as the reduction, columns first, then rows, eight bits in between.
 *
 * <p>In the first pass red, green and blue travel in one long, 21 bits each, so that one
 * multiplication serves all three: weights have 12 bits and sum to exactly 4096, and 255 * 4096 +
 * 2048 needs 20 bits. Pillow's weights have 22 bits; the difference is at most one level on the
 * reference values.
 *
 * <p>Confined to one thread; keeps its tables.
 */
final class Resampler {
  private static final int WEIGHT_BITS = 12;
  private static final long LANES = 1L | 1L << 21 | 1L << 42;
  private static final long ROUND = LANES << (WEIGHT_BITS - 1);
  private static final int HALF = 1 << (WEIGHT_BITS - 1);
  private static final int UNROLLED = 4;

  private final Taps columns = new Taps();
  private final Taps rows = new Taps();
  private long[] line = new long[0];
  private int[] betweenRed = new int[0];
  private int[] betweenGreen = betweenRed;
  private int[] betweenBlue = betweenRed;
  private int[] sums = betweenRed;

  /**
   * What is resized to what.
   *
   * @param left of the box that is resized, in pixels of the buffer's (reduced) image, as the next
   *     three
   * @param top of the box
   * @param width of the box
   * @param height of the box
   * @param outWidth columns that the box becomes
   * @param outHeight rows that the box becomes
   * @param window the part of the outcome that is wanted
   */
  record Box(
      double left,
      double top,
      double width,
      double height,
      int outWidth,
      int outHeight,
      Region window) {
    /** A crop of a full-scale image, found in its reduced form. */
    static Box of(Region crop, int reduction, int outWidth, int outHeight, Region window) {
      double scale = 1.0 / reduction;
      return new Box(
          crop.left() * scale,
          crop.top() * scale,
          crop.width() * scale,
          crop.height() * scale,
          outWidth,
          outHeight,
          window);
    }
  }

  /** Resizes a box, of which the buffer must hold every pixel, without looking outside of it. */
  void resize(PixelBuffer in, Box box, Planes out) {
    Region window = box.window();
    Region held = in.held();
    columns.place(
        box.left() - held.left(),
        box.width(),
        held.width(),
        box.outWidth(),
        window.left(),
        window.width());
    rows.place(
        box.top() - held.top(),
        box.height(),
        held.height(),
        box.outHeight(),
        window.top(),
        window.height());
    int firstRow = rows.first[0];
    int rowCount = rows.first[window.height() - 1] + rows.size[window.height() - 1] - firstRow;
    int needed = Math.multiplyExact(rowCount, window.width());
    if (betweenRed.length < needed) {
      betweenRed = new int[needed];
      betweenGreen = new int[needed];
      betweenBlue = new int[needed];
    }
    if (sums.length < window.width()) {
      sums = new int[window.width()];
    }
    resizeColumns(in.pixels(), held.width(), firstRow, rowCount, window.width());
    out.reshape(window.width(), window.height());
    for (int y = 0; y < window.height(); y++) {
      resizeRow(y, firstRow, betweenRed, out.red(), window.width());
      resizeRow(y, firstRow, betweenGreen, out.green(), window.width());
      resizeRow(y, firstRow, betweenBlue, out.blue(), window.width());
    }
  }

  private void resizeColumns(int[] pixels, int stride, int firstRow, int rowCount, int outWidth) {
    int from = columns.first[0];
    int to = columns.first[outWidth - 1] + columns.size[outWidth - 1];
    if (line.length < to + UNROLLED) {
      line = new long[to + UNROLLED];
    }
    long[] lanes = line;
    for (int y = 0; y < rowCount; y++) {
      int row = (firstRow + y) * stride;
      for (int x = from; x < to; x++) {
        long pixel = pixels[row + x];
        lanes[x] = (pixel & 0xFF0000) << 26 | (pixel & 0xFF00) << 13 | (pixel & 0xFF);
      }
      if (columns.stride == UNROLLED) {
        resizeShortLine(lanes, y * outWidth, outWidth);
      } else {
        resizeLine(lanes, y * outWidth, outWidth);
      }
    }
  }

  /** Up to a reduction by half: {@value #UNROLLED} taps each, some of them zero. */
  private void resizeShortLine(long[] lanes, int out, int outWidth) {
    int[] first = columns.first;
    int[] weights = columns.weights;
    int[] red = betweenRed;
    int[] green = betweenGreen;
    int[] blue = betweenBlue;
    for (int x = 0, w = 0; x < outWidth; x++, w += UNROLLED) {
      int at = first[x];
      long sum =
          ROUND
              + lanes[at] * weights[w]
              + lanes[at + 1] * weights[w + 1]
              + lanes[at + 2] * weights[w + 2]
              + lanes[at + 3] * weights[w + 3];
      red[out + x] = (int) (sum >>> (42 + WEIGHT_BITS)) & 0xFF;
      green[out + x] = (int) (sum >>> (21 + WEIGHT_BITS)) & 0xFF;
      blue[out + x] = (int) (sum >>> WEIGHT_BITS) & 0xFF;
    }
  }

  private void resizeLine(long[] lanes, int out, int outWidth) {
    int[] first = columns.first;
    int[] size = columns.size;
    int[] weights = columns.weights;
    for (int x = 0, w = 0; x < outWidth; x++, w += columns.stride) {
      int at = first[x];
      int taps = size[x];
      long sum = ROUND;
      for (int i = 0; i < taps; i++) {
        sum += lanes[at + i] * weights[w + i];
      }
      betweenRed[out + x] = (int) (sum >>> (42 + WEIGHT_BITS)) & 0xFF;
      betweenGreen[out + x] = (int) (sum >>> (21 + WEIGHT_BITS)) & 0xFF;
      betweenBlue[out + x] = (int) (sum >>> WEIGHT_BITS) & 0xFF;
    }
  }

  /** One row of one plane: whole rows added up, so that the compiler makes vector code of it. */
  private void resizeRow(int y, int firstRow, int[] from, int[] to, int width) {
    int taps = rows.size[y];
    int in = (rows.first[y] - firstRow) * width;
    int w = y * rows.stride;
    int o = y * width;
    int[] weights = rows.weights;
    if (taps == 1) {
      System.arraycopy(from, in, to, o, width);
      return;
    }
    int[] sums = this.sums;
    int i = 2;
    if (taps == 2) {
      weigh(from, in, width, weights[w], weights[w + 1], sums);
    } else {
      weigh(from, in, width, weights[w], weights[w + 1], weights[w + 2], sums);
      i = 3;
    }
    for (; i < taps; i++) {
      add(from, in + i * width, width, weights[w + i], sums);
    }
    for (int x = 0; x < width; x++) {
      to[o + x] = sums[x] >> WEIGHT_BITS;
    }
  }

  private static void weigh(int[] from, int at, int width, int first, int second, int[] sums) {
    int next = at + width;
    for (int x = 0; x < width; x++) {
      sums[x] = from[at + x] * first + from[next + x] * second + HALF;
    }
  }

  private static void weigh(
      int[] from, int at, int width, int first, int second, int third, int[] sums) {
    int next = at + width;
    int last = next + width;
    for (int x = 0; x < width; x++) {
      sums[x] = from[at + x] * first + from[next + x] * second + from[last + x] * third + HALF;
    }
  }

  private static void add(int[] from, int at, int width, int weight, int[] sums) {
    for (int x = 0; x < width; x++) {
      sums[x] += from[at + x] * weight;
    }
  }

  /** For each output position the first input, how many, and their weights. */
  private static final class Taps {
    private int[] first = new int[0];
    private int[] size = first;
    private int[] weights = first;
    private double[] exact = new double[0];
    private int stride;

    /**
     * Places the filter.
     *
     * @param start of the box, from the buffer's first pixel
     * @param length of the box
     * @param held pixels in the buffer
     * @param outLength pixels that the box becomes
     * @param from first output pixel wanted
     * @param count output pixels wanted
     */
    void place(double start, double length, int held, int outLength, int from, int count) {
      double scale = length / outLength;
      double spread = Math.max(scale, 1);
      int low = Math.max(0, (int) Math.floor(start));
      int high = Math.min(held, (int) Math.ceil(start + length));
      stride = Math.max(UNROLLED, (int) Math.ceil(spread * 2));
      int needed = Math.multiplyExact(stride, count);
      if (first.length < count) {
        first = new int[count];
        size = new int[count];
      }
      if (weights.length < needed) {
        weights = new int[needed];
      }
      if (exact.length < stride) {
        exact = new double[stride];
      }
      for (int i = 0; i < count; i++) {
        double centre = start + (from + i + 0.5) * scale;
        int begin = Math.max(low, (int) Math.floor(centre - spread + 0.5));
        int end = Math.min(high, (int) Math.floor(centre + spread + 0.5));
        begin = Math.min(begin, high - 1);
        end = Math.max(end, begin + 1);
        weigh(i, centre, spread, begin, Math.min(end - begin, stride));
      }
    }

    /** Weights rounded by their running sum, so that they add up to one exactly. */
    private void weigh(int i, double centre, double spread, int begin, int taps) {
      double total = 0;
      for (int t = 0; t < taps; t++) {
        exact[t] = Math.max(0, 1 - Math.abs((begin + t + 0.5 - centre) / spread));
        total += exact[t];
      }
      double sum = 0;
      int given = 0;
      for (int t = 0; t < taps; t++) {
        sum += total > 0 ? exact[t] / total : 1.0 / taps;
        int upTo = (int) Math.rint(sum * (1 << WEIGHT_BITS));
        weights[i * stride + t] = upTo - given;
        given = upTo;
      }
      for (int t = taps; t < stride; t++) {
        weights[i * stride + t] = 0;
      }
      while (taps > 1 && weights[i * stride + taps - 1] == 0) {
        taps--;
      }
      first[i] = begin;
      size[i] = taps;
    }
  }
}
