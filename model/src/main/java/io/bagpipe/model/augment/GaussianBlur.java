package io.bagpipe.model.augment;

/**
 * Gaussian blur as Pillow makes it: three box blurs of a fractional radius along each axis (Gwosdek
 * et al., "Theoretical foundations of Gaussian convolution by extended box filtering", 2011), eight
 * bits in between, the edge pixel repeated. Stateless; bit for bit Pillow's.
 */
final class GaussianBlur {
  private static final int PASSES = 3;
  private static final int ROUND = 1 << 23;
  private static final int[] NEIGHBOURS = {-2, -1, 0, 1, 2};

  private GaussianBlur() {}

  static void apply(Planes view, double sigma) {
    float radius = boxRadius((float) sigma);
    if (radius <= 0) {
      return;
    }
    int whole = (int) radius;
    // Sums of 24-bit weights times eight bits just fit 32 bits without a sign.
    int full = (int) ((1 << 24) / (radius * 2 + 1));
    int edge = ((1 << 24) - (whole * 2 + 1) * full) / 2;
    blurPlane(view.red(), view, whole, full, edge);
    blurPlane(view.green(), view, whole, full, edge);
    blurPlane(view.blue(), view, whole, full, edge);
  }

  /** The radius of three boxes that together have the variance asked for. */
  private static float boxRadius(float sigma) {
    float variance = sigma * sigma / PASSES;
    float length = (float) Math.sqrt(12.0 * variance + 1.0);
    float whole = (float) Math.floor((length - 1.0) / 2.0);
    float fraction = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
    fraction /= 6 * (variance - (whole + 1) * (whole + 1));
    return whole + fraction;
  }

  private static void blurPlane(int[] plane, Planes view, int whole, int full, int edge) {
    int[] to = view.scratch();
    int width = view.width();
    // The three passes along a row one after the other, while it is in the nearest cache.
    for (int row = 0; row < view.count(); row += width) {
      blurRow(plane, to, row, width, whole, full, edge);
      blurRow(to, plane, row, width, whole, full, edge);
      blurRow(plane, to, row, width, whole, full, edge);
    }
    int[] from = to;
    to = plane;
    for (int pass = 0; pass < PASSES; pass++) {
      for (int y = 0; y < view.height(); y++) {
        blurColumns(from, to, y, view, whole, full, edge);
      }
      int[] swapped = from;
      from = to;
      to = swapped;
    }
    // Six passes: the outcome is back in the plane.
  }

  private static void blurRow(
      int[] from, int[] to, int start, int width, int whole, int full, int edge) {
    int reach = whole + 1;
    int low = Math.min(reach, width);
    int high = Math.max(low, width - reach);
    for (int x = 0; x < low; x++) {
      to[start + x] = clampedPixel(from, start, width, x, whole, full, edge);
    }
    for (int x = high; x < width; x++) {
      to[start + x] = clampedPixel(from, start, width, x, whole, full, edge);
    }
    if (whole == 0) {
      sumThree(from, to, start + low, high - low, full, edge);
    } else if (whole == 1) {
      sumFive(from, to, start + low, high - low, full, edge);
    } else {
      for (int x = low; x < high; x++) {
        to[start + x] = clampedPixel(from, start, width, x, whole, full, edge);
      }
    }
  }

  // The neighbours' distances come from an array: were they known to the compiler, it would see
  // overlapping loads from one array and give up on vector code.

  private static void sumThree(int[] from, int[] to, int start, int count, int full, int edge) {
    int left = start + NEIGHBOURS[1];
    int right = start + NEIGHBOURS[3];
    for (int x = 0; x < count; x++) {
      to[start + x] =
          (from[start + x] * full + (from[left + x] + from[right + x]) * edge + ROUND) >>> 24;
    }
  }

  private static void sumFive(int[] from, int[] to, int start, int count, int full, int edge) {
    int outer = start + NEIGHBOURS[0];
    int left = start + NEIGHBOURS[1];
    int right = start + NEIGHBOURS[3];
    int other = start + NEIGHBOURS[4];
    for (int x = 0; x < count; x++) {
      to[start + x] =
          ((from[left + x] + from[start + x] + from[right + x]) * full
                  + (from[outer + x] + from[other + x]) * edge
                  + ROUND)
              >>> 24;
    }
  }

  private static int clampedPixel(
      int[] from, int start, int width, int x, int whole, int full, int edge) {
    int last = width - 1;
    int inside = 0;
    for (int i = x - whole; i <= x + whole; i++) {
      inside += from[start + Math.max(0, Math.min(last, i))];
    }
    int outside =
        from[start + Math.max(0, x - whole - 1)] + from[start + Math.min(last, x + whole + 1)];
    return (inside * full + outside * edge + ROUND) >>> 24;
  }

  private static void blurColumns(
      int[] from, int[] to, int y, Planes view, int whole, int full, int edge) {
    int width = view.width();
    int last = view.height() - 1;
    int out = y * width;
    int outer = Math.max(0, y - whole - 1) * width;
    int other = Math.min(last, y + whole + 1) * width;
    if (whole == 0) {
      for (int x = 0; x < width; x++) {
        to[out + x] =
            (from[out + x] * full + (from[outer + x] + from[other + x]) * edge + ROUND) >>> 24;
      }
    } else if (whole == 1) {
      int above = Math.max(0, y - 1) * width;
      int below = Math.min(last, y + 1) * width;
      for (int x = 0; x < width; x++) {
        to[out + x] =
            ((from[above + x] + from[out + x] + from[below + x]) * full
                    + (from[outer + x] + from[other + x]) * edge
                    + ROUND)
                >>> 24;
      }
    } else {
      for (int x = 0; x < width; x++) {
        int inside = 0;
        for (int i = y - whole; i <= y + whole; i++) {
          inside += from[Math.max(0, Math.min(last, i)) * width + x];
        }
        to[out + x] = (inside * full + (from[outer + x] + from[other + x]) * edge + ROUND) >>> 24;
      }
    }
  }
}
