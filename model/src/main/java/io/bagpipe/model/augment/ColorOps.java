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

  /** Reciprocals of 1 to 255: divisions in the hue's inner loop. */
  private static final float[] INVERSE = new float[256];

  static {
    for (int i = 1; i < INVERSE.length; i++) {
      INVERSE[i] = 1f / i;
    }
  }

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
      plane[i] = Math.max(0, Math.min(255, (base + (plane[i] - with) * alpha) >> BITS));
    }
  }

  /** Blends each pixel with its luminance. */
  static void saturation(Planes view, double factor) {
    if (factor == 1) {
      return;
    }
    int alpha = fixed(factor);
    int[] red = view.red();
    int[] green = view.green();
    int[] blue = view.blue();
    int count = view.count();
    for (int i = 0; i < count; i++) {
      int grey = (red[i] * RED + green[i] * GREEN + blue[i] * BLUE + HALF) >> 16;
      int base = (grey << BITS) + HAIR;
      red[i] = Math.max(0, Math.min(255, (base + (red[i] - grey) * alpha) >> BITS));
      green[i] = Math.max(0, Math.min(255, (base + (green[i] - grey) * alpha) >> BITS));
      blue[i] = Math.max(0, Math.min(255, (base + (blue[i] - grey) * alpha) >> BITS));
    }
  }

  /** All three channels become the luminance (ITU-R 601). */
  static void grayscale(Planes view) {
    int[] red = view.red();
    int[] green = view.green();
    int[] blue = view.blue();
    int count = view.count();
    for (int i = 0; i < count; i++) {
      int grey = (red[i] * RED + green[i] * GREEN + blue[i] * BLUE + HALF) >> 16;
      red[i] = grey;
      green[i] = grey;
      blue[i] = grey;
    }
  }

  /**
   * Turns the hue, through HSV in bytes as Pillow does.
   *
   * @param turn part of a full turn, -0.5 to 0.5
   */
  static void hue(Planes view, double turn) {
    int shift = (int) (turn * 255) & 0xFF;
    int[] red = view.red();
    int[] green = view.green();
    int[] blue = view.blue();
    int count = view.count();
    for (int i = 0; i < count; i++) {
      int r = red[i];
      int g = green[i];
      int b = blue[i];
      int max = Math.max(r, Math.max(g, b));
      int chroma = max - Math.min(r, Math.min(g, b));
      if (chroma == 0) {
        continue;
      }
      int saturation = (int) (255 * chroma * INVERSE[max] + 0.0005f);
      if (saturation == 0) {
        red[i] = max;
        green[i] = max;
        blue[i] = max;
        continue;
      }
      int hue = (hueOf(r, g, b, max, INVERSE[chroma]) + shift) & 0xFF;
      int sixth = hue * 6 / 255;
      int fraction = hue * 6 - sixth * 255;
      // p, q and t of the HSV hexcone, rounded, over 255 * 255.
      int p = (max * (255 - saturation) * 2 + 255) / 510;
      int q = (max * (65025 - saturation * fraction) + 32512) / 65025;
      int t = (max * (65025 - saturation * (255 - fraction)) + 32512) / 65025;
      switch (sixth) {
        case 1 -> {
          red[i] = q;
          green[i] = max;
          blue[i] = p;
        }
        case 2 -> {
          red[i] = p;
          green[i] = max;
          blue[i] = t;
        }
        case 3 -> {
          red[i] = p;
          green[i] = q;
          blue[i] = max;
        }
        case 4 -> {
          red[i] = t;
          green[i] = p;
          blue[i] = max;
        }
        case 5 -> {
          red[i] = max;
          green[i] = p;
          blue[i] = q;
        }
        default -> {
          red[i] = max;
          green[i] = t;
          blue[i] = p;
        }
      }
    }
  }

  /** Hue, 0 to 255. */
  private static int hueOf(int r, int g, int b, int max, float inverseChroma) {
    float sixths;
    if (r == max) {
      sixths = (g - b) * inverseChroma;
    } else if (g == max) {
      sixths = 2 + (b - r) * inverseChroma;
    } else {
      sixths = 4 + (r - g) * inverseChroma;
    }
    if (sixths < 0) {
      sixths += 6;
    }
    return (int) (sixths * 42.5f);
  }
}
