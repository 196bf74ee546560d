package io.bagpipe.model.augment;

import io.bagpipe.model.image.PixelBuffer;
import io.bagpipe.model.image.Region;

/**
 * Bilinear resizing with antialiasing, as Pillow's {@code resize(BILINEAR)} does it: a triangle
 * filter as wide as the reduction, columns first, then rows, eight bits in between.
 *
 * <p>Red, green and blue travel in one long, 21 bits each, so that one multiplication serves all
 * three: weights have 12 bits and sum to exactly 4096, and 255 * 4096 + 2048 needs 20 bits.
 * Pillow's weights have 22 bits; the difference is at most one level, on about one pixel of a
 * hundred.
 *
 * <p>Confined to one thread; keeps its tables.
 */
final class Resampler {
  private static final int WEIGHT_BITS = 12;
  private static final long LANES = 1L | 1L << 21 | 1L << 42;
  private static final long ROUND = LANES << (WEIGHT_BITS - 1);
  private static final long MASK = LANES * 0xFF;

  private final Taps columns = new Taps();
  private final Taps rows = new Taps();
  private long[] line = new long[0];
  private long[] between = new long[0];

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
    if (between.length < needed) {
      between = new long[needed];
    }
    resizeColumns(in.pixels(), held.width(), firstRow, rowCount, window.width());
    out.reshape(window.width(), window.height());
    for (int y = 0; y < window.height(); y++) {
      resizeRow(y, firstRow, out);
    }
  }

  private void resizeColumns(int[] pixels, int stride, int firstRow, int rowCount, int outWidth) {
    int from = columns.first[0];
    int to = columns.first[outWidth - 1] + columns.size[outWidth - 1];
    if (line.length < to) {
      line = new long[to];
    }
    long[] lanes = line;
    for (int y = 0; y < rowCount; y++) {
      int row = (firstRow + y) * stride;
      for (int x = from; x < to; x++) {
        long pixel = pixels[row + x];
        lanes[x] = (pixel & 0xFF0000) << 26 | (pixel & 0xFF00) << 13 | (pixel & 0xFF);
      }
      resizeLine(lanes, y * outWidth, outWidth);
    }
  }

  private void resizeLine(long[] lanes, int out, int outWidth) {
    int[] first = columns.first;
    int[] size = columns.size;
    int[] weights = columns.weights;
    long[] to = between;
    for (int x = 0, w = 0; x < outWidth; x++, w += columns.stride) {
      int at = first[x];
      int taps = size[x];
      long sum = ROUND;
      for (int i = 0; i < taps; i++) {
        sum += lanes[at + i] * weights[w + i];
      }
      to[out + x] = (sum >>> WEIGHT_BITS) & MASK;
    }
  }

  private void resizeRow(int y, int firstRow, Planes out) {
    int width = out.width();
    int taps = rows.size[y];
    int in = (rows.first[y] - firstRow) * width;
    int w = y * rows.stride;
    int o = y * width;
    int[] weights = rows.weights;
    long[] from = between;
    int[] red = out.red();
    int[] green = out.green();
    int[] blue = out.blue();
    for (int x = 0; x < width; x++, o++) {
      long sum = ROUND;
      for (int i = 0, at = in + x; i < taps; i++, at += width) {
        sum += from[at] * weights[w + i];
      }
      red[o] = (int) (sum >>> (42 + WEIGHT_BITS)) & 0xFF;
      green[o] = (int) (sum >>> (21 + WEIGHT_BITS)) & 0xFF;
      blue[o] = (int) (sum >>> WEIGHT_BITS) & 0xFF;
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
      stride = (int) Math.ceil(spread) * 2 + 1;
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
      while (taps > 1 && weights[i * stride + taps - 1] == 0) {
        taps--;
      }
      first[i] = begin;
      size[i] = taps;
    }
  }
}
