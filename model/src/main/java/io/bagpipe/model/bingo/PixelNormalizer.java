package io.bagpipe.model.bingo;

/**
 * Pixels as a student takes them: (x/255 - mean)/std by channel, looked up in a table. Immutable.
 */
public final class PixelNormalizer {
  private static final int CHANNELS = 3;

  private final float[] table = new float[CHANNELS * 256];

  /**
   * For pixels in [0, 1].
   *
   * @param mean of red, green, blue
   * @param std of red, green, blue, above 0
   */
  public PixelNormalizer(float[] mean, float[] std) {
    if (mean.length != CHANNELS || std.length != CHANNELS) {
      throw new IllegalArgumentException(
          "mean and std of " + mean.length + " and " + std.length + " channels; valid: 3 and 3");
    }
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
      for (int value = 0; value < 256; value++) {
        table[channel * 256 + value] =
            (float) ((value / 255.0 - mean[channel]) / (double) std[channel]);
      }
    }
  }

  /**
   * Normalises whole pixels.
   *
   * @param pixels uint8 [.., 3]
   * @param count bytes to take from the start, a multiple of 3
   * @param into float32 [.., 3], at least as long
   */
  public void apply(byte[] pixels, int count, float[] into) {
    if (count % CHANNELS != 0 || count > pixels.length || count > into.length) {
      throw new IllegalArgumentException(
          count + " values of " + pixels.length + " into " + into.length + "; valid: whole pixels");
    }
    for (int i = 0; i < count; i += CHANNELS) {
      into[i] = table[pixels[i] & 255];
      into[i + 1] = table[256 + (pixels[i + 1] & 255)];
      into[i + 2] = table[512 + (pixels[i + 2] & 255)];
    }
  }
}
