package io.bagpipe.model.image;

/**
 * Pixels as networks take them: (level / 255 - mean) / std by channel, looked up in a table. The
 * only place that computes this; an engine on a device may take {@link #mean} and {@link #std}
 * instead and must give the same values. Immutable, so any thread.
 */
public final class PixelNormalizer {
  private static final int CHANNELS = 3;
  private static final int LEVELS = 256;

  /** ImageNet's statistics. */
  public static final PixelNormalizer IMAGENET =
      new PixelNormalizer(
          new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f});

  private final float[] mean;
  private final float[] std;
  private final float[] table = new float[CHANNELS * LEVELS];

  /**
   * For pixels in [0, 1].
   *
   * @param mean of red, green, blue; 0 for raw pixels
   * @param std of red, green, blue, above 0; 1 for raw pixels
   */
  public PixelNormalizer(float[] mean, float[] std) {
    if (mean.length != CHANNELS || std.length != CHANNELS) {
      throw new IllegalArgumentException(
          "mean and std of " + mean.length + " and " + std.length + " channels; valid: 3 and 3");
    }
    this.mean = mean.clone();
    this.std = std.clone();
    for (int channel = 0; channel < CHANNELS; channel++) {
      if (!(std[channel] > 0) || !Float.isFinite(mean[channel])) {
        throw new IllegalArgumentException(
            "mean "
                + mean[channel]
                + " and std "
                + std[channel]
                + " of channel "
                + channel
                + "; valid: a number, and one above 0");
      }
      for (int level = 0; level < LEVELS; level++) {
        table[channel * LEVELS + level] =
            (float) ((level / 255.0 - mean[channel]) / (double) std[channel]);
      }
    }
  }

  /** Of red, green, blue; a copy. */
  public float[] mean() {
    return mean.clone();
  }

  /** Of red, green, blue; a copy. */
  public float[] std() {
    return std.clone();
  }

  /**
   * Normalises whole pixels, colours together.
   *
   * @param pixels uint8 [.., 3], taken from {@code from}
   * @param count bytes to take, a multiple of 3
   * @param into float32 [.., 3], written from its start
   */
  public void apply(byte[] pixels, int from, int count, float[] into) {
    check(pixels, from, count, into, 0);
    for (int i = 0; i < count; i += CHANNELS) {
      into[i] = table[pixels[from + i] & 255];
      into[i + 1] = table[LEVELS + (pixels[from + i + 1] & 255)];
      into[i + 2] = table[2 * LEVELS + (pixels[from + i + 2] & 255)];
    }
  }

  /**
   * Normalises one image, a plane a colour.
   *
   * @param pixels uint8 [height, width, 3], taken from {@code from}
   * @param count bytes to take, a multiple of 3
   * @param into float32 [3, height, width], written from {@code at}
   */
  public void toPlanes(byte[] pixels, int from, int count, float[] into, int at) {
    check(pixels, from, count, into, at);
    int area = count / CHANNELS;
    for (int i = 0; i < area; i++) {
      into[at + i] = table[pixels[from + 3 * i] & 255];
      into[at + area + i] = table[LEVELS + (pixels[from + 3 * i + 1] & 255)];
      into[at + 2 * area + i] = table[2 * LEVELS + (pixels[from + 3 * i + 2] & 255)];
    }
  }

  private static void check(byte[] pixels, int from, int count, float[] into, int at) {
    if (count % CHANNELS != 0 || from + count > pixels.length || at + count > into.length) {
      throw new IllegalArgumentException(
          count + " values of " + pixels.length + " into " + into.length + "; valid: whole pixels");
    }
  }
}
