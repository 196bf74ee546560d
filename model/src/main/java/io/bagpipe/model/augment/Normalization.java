package io.bagpipe.model.augment;

import java.util.List;

/**
 * From uint8 views to what networks eat: (level / 255 - mean) / deviation, channel by channel.
 * Immutable.
 */
public final class Normalization {
  /** ImageNet's statistics. */
  public static final Normalization IMAGENET =
      new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /** By channel and level. */
  private final float[][] table = new float[3][256];

  /**
   * A data set's statistics.
   *
   * @param mean of red, green and blue, in [0, 1]
   * @param deviation of red, green and blue, positive
   */
  public Normalization(List<Double> mean, List<Double> deviation) {
    if (mean.size() != 3 || deviation.size() != 3 || deviation.stream().anyMatch(d -> !(d > 0))) {
      throw new IllegalArgumentException(
          "needs three means and three positive deviations, but has " + mean + " and " + deviation);
    }
    for (int channel = 0; channel < 3; channel++) {
      for (int level = 0; level < 256; level++) {
        table[channel][level] =
            (float) ((level / 255.0 - mean.get(channel)) / deviation.get(channel));
      }
    }
  }

  /**
   * Normalises one view.
   *
   * @param view uint8 [height, width, 3]
   * @param out float32 [3, height, width], written from {@code offset}
   */
  public void toPlanes(byte[] view, float[] out, int offset) {
    int count = view.length / 3;
    float[] red = table[0];
    float[] green = table[1];
    float[] blue = table[2];
    int second = offset + count;
    int third = second + count;
    for (int i = 0; i < count; i++) {
      out[offset + i] = red[view[3 * i] & 0xFF];
      out[second + i] = green[view[3 * i + 1] & 0xFF];
      out[third + i] = blue[view[3 * i + 2] & 0xFF];
    }
  }
}
