package io.bagpipe.model.augment;

/**
 * The pixels of a view while it is made: three planes of ints from 0 to 255, a layout that the JIT
 * compiler turns into vector instructions (it does not for bytes). Confined to one thread and
 * reused.
 */
final class Planes {
  private int width;
  private int height;
  private int[] red = new int[0];
  private int[] green = red;
  private int[] blue = red;
  private int[] scratch = red;
  private int[] secondScratch = red;
  private int[] thirdScratch = red;

  void reshape(int width, int height) {
    int count = Math.multiplyExact(width, height);
    if (red.length < count) {
      red = new int[count];
      green = new int[count];
      blue = new int[count];
      scratch = new int[count];
      secondScratch = new int[count];
      thirdScratch = new int[count];
    }
    this.width = width;
    this.height = height;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  int count() {
    return width * height;
  }

  int[] red() {
    return red;
  }

  int[] green() {
    return green;
  }

  int[] blue() {
    return blue;
  }

  /** As long as a plane, for whoever works on this. */
  int[] scratch() {
    return scratch;
  }

  int[] secondScratch() {
    return secondScratch;
  }

  int[] thirdScratch() {
    return thirdScratch;
  }

  /** The view as uint8 [height, width, 3], mirrored if wished. */
  byte[] toBytes(boolean flip) {
    byte[] rgb = new byte[3 * count()];
    int[] r = red;
    int[] g = green;
    int[] b = blue;
    int step = flip ? -3 : 3;
    for (int y = 0, i = 0; y < height; y++) {
      int o = flip ? 3 * (i + width - 1) : 3 * i;
      for (int end = i + width; i < end; i++, o += step) {
        rgb[o] = (byte) r[i];
        rgb[o + 1] = (byte) g[i];
        rgb[o + 2] = (byte) b[i];
      }
    }
    return rgb;
  }
}
