package io.bagpipe.model.augment;

/**
 * Colour changes as torchvision makes them on Pillow images, in place, on levels 0 to 255.
 * Stateless. Blends are in fixed point (20 bits) and cut off towards zero as Pillow's are.
 */
final class ColorOps {
  private static final int BITS = 20;

  /** Added, so that a blend that is a whole number is not cut off below itself. */
  private static final int HAIR = 1 << 8;

  private static final int RED = 19595;
  private static final int GREEN = 38470;
  private static final int BLUE = 7471;
  private static final int HALF = 1 << 15;
  private static final int HUE_BITS = 16;
  private static final int HUE_HALF = 1 << 15;

  private ColorOps() {}

  /** Blends with black. */
  static void brightness(Planes view, double factor) {
    blend(view, 0, factor);
  }

  /** Blends with the mean luminance of the whole view. */
  static void contrast(Planes view, double factor) {
    blend(view, meanLuminance(view), factor);
  }

  private static int meanLuminance(Planes view) {
    int[] red = view.red();
    int[] green = view.green();
    int[] blue = view.blue();
    int width = view.width();
    long total = 0;
    for (int y = 0, row = 0; y < view.height(); y++, row += width) {
      int sum = 0;
      for (int i = row; i < row + width; i++) {
        sum += (red[i] * RED + green[i] * GREEN + blue[i] * BLUE + HALF) >> 16;
      }
      total += sum;
    }
    return (int) ((double) total / view.count() + 0.5);
  }

  private static int fixed(double factor) {
    return (int) Math.round(factor * (1 << BITS));
  }

  private static void blend(Planes view, int with, double factor) {
    if (factor == 1) {
      return;
    }
    int alpha = fixed(factor);
    int base = (with << BITS) + HAIR;
    blend(view.red(), view.count(), base, with, alpha);
    blend(view.green(), view.count(), base, with, alpha);
    blend(view.blue(), view.count(), base, with, alpha);
  }

  private static void blend(int[] plane, int count, int base, int with, int alpha) {
    for (int i = 0; i < count; i++) {
      plane[i] = clamp((base + (plane[i] - with) * alpha) >> BITS);
    }
  }

  /** Blends each pixel with its luminance. */
  static void saturation(Planes view, double factor) {
    if (factor == 1) {
      return;
    }
    int alpha = fixed(factor);
    int[] grey = view.scratch();
    luminance(view, grey);
    blend(view.red(), grey, view.count(), alpha);
    blend(view.green(), grey, view.count(), alpha);
    blend(view.blue(), grey, view.count(), alpha);
  }

  private static void luminance(Planes view, int[] grey) {
    int[] red = view.red();
    int[] green = view.green();
    int[] blue = view.blue();
    int count = view.count();
    for (int i = 0; i < count; i++) {
      grey[i] = (red[i] * RED + green[i] * GREEN + blue[i] * BLUE + HALF) >> 16;
    }
  }

  private static void blend(int[] plane, int[] with, int count, int alpha) {
    int rest = (1 << BITS) - alpha;
    for (int i = 0; i < count; i++) {
      plane[i] = clamp((with[i] * rest + plane[i] * alpha + HAIR) >> BITS);
    }
  }

  /** All three channels become the luminance (ITU-R 601). */
  static void grayscale(Planes view) {
    luminance(view, view.red());
    System.arraycopy(view.red(), 0, view.green(), 0, view.count());
    System.arraycopy(view.red(), 0, view.blue(), 0, view.count());
  }

  /**
   * Turns the hue in HSV. Pillow rounds hue and saturation to bytes on the way, cutting off; this
   * does not, but turns by the half step that cutting off loses on average. The outcome is within
   * the reference values' tolerance for hue.
   *
   * <p>A channel of an HSV colour is V - clamp(min(k, 4 C - k), 0, C), with k the hue in sixths of
   * a turn from where that channel begins to rise, times the chroma C. Times C the hue is an
   * integer: no division is needed, and no branch.
   *
   * @param turn part of a full turn, -0.5 to 0.5
   */
  static void hue(Planes view, double turn) {
    double bytes = ((int) (turn * 255) & 0xFF) - (turn == 0 ? 0 : 0.5);
    int shift = (int) Math.round(bytes * 6 / 255 * (1 << HUE_BITS));
    int count = view.count();
    int[] hues = view.scratch();
    int[] brightest = view.secondScratch();
    int[] chromas = view.thirdScratch();
    extremes(view, brightest, chromas);
    huesTimesChroma(view, brightest, chromas, hues);
    channel(view.red(), hues, brightest, chromas, shift + (5 << HUE_BITS), count);
    channel(view.green(), hues, brightest, chromas, shift + (3 << HUE_BITS), count);
    channel(view.blue(), hues, brightest, chromas, shift + (1 << HUE_BITS), count);
  }

  private static void extremes(Planes view, int[] brightest, int[] chromas) {
    int[] red = view.red();
    int[] green = view.green();
    int[] blue = view.blue();
    int count = view.count();
    for (int i = 0; i < count; i++) {
      int max = max(red[i], max(green[i], blue[i]));
      brightest[i] = max;
      chromas[i] = max - min(red[i], min(green[i], blue[i]));
    }
  }

  /** Sixths of a turn times the chroma: 0 to 6 C. */
  private static void huesTimesChroma(Planes view, int[] brightest, int[] chromas, int[] hues) {
    int[] red = view.red();
    int[] green = view.green();
    int[] blue = view.blue();
    int count = view.count();
    for (int i = 0; i < count; i++) {
      int r = red[i];
      int g = green[i];
      int b = blue[i];
      int redMax = (brightest[i] - r - 1) >> 31;
      int greenMax = ((brightest[i] - g - 1) >> 31) & ~redMax;
      int blueMax = ~(redMax | greenMax);
      int c = chromas[i];
      int hue = ((g - b) & redMax) + ((b - r + 2 * c) & greenMax) + ((r - g + 4 * c) & blueMax);
      hues[i] = hue + ((6 * c) & (hue >> 31));
    }
  }

  private static void channel(
      int[] plane, int[] hues, int[] brightest, int[] chromas, int shift, int count) {
    for (int i = 0; i < count; i++) {
      int c = chromas[i];
      int turn = 6 * c;
      // Up to three turns: hue, shift and the channel's own place; take off what is whole.
      int k = hues[i] + ((c * shift + HUE_HALF) >> HUE_BITS) - turn;
      k += turn & (k >> 31);
      k -= turn & ~((k - turn) >> 31);
      int part = min(c, min(k, 4 * c - k));
      plane[i] = brightest[i] - (part & ~(part >> 31));
    }
  }

  private static int max(int a, int b) {
    int difference = a - b;
    return a - (difference & (difference >> 31));
  }

  private static int min(int a, int b) {
    int difference = a - b;
    return b + (difference & (difference >> 31));
  }

  /**
   * Limits to 0 to 255, by bits: the compiler of Java 17 makes no vector code of Math.min and max.
   */
  private static int clamp(int value) {
    int positive = value & ~(value >> 31);
    return (positive | ((255 - positive) >> 31)) & 255;
  }
}
