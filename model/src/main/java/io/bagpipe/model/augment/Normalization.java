package io.bagpipe.model.augment;

import java.util.List;

/**
 * From uint8 views to what networks eat: (level / 255 - mean) / deviation, channel by channel.
 * Immutable.
 *
 * @param mean of red, green and blue, in [0, 1]
 * @param deviation of red, green and blue, positive
 */
public record Normalization(List<Double> mean, List<Double> deviation) {
  /** ImageNet's statistics. */
  public static final Normalization IMAGENET =
      new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  public Normalization {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (mean.size() != 3 || deviation.size() != 3 || deviation.stream().anyMatch(d -> !(d > 0))) {
      throw new IllegalArgumentException(
          "needs three means and three positive deviations, but has " + mean + " and " + deviation);
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
    for (int channel = 0; channel < 3; channel++) {
      float scale = (float) (1 / (255 * deviation.get(channel)));
      float shift = (float) (-mean.get(channel) / deviation.get(channel));
      int o = offset + channel * count;
      for (int i = 0, in = channel; i < count; i++, in += 3) {
        out[o + i] = (view[in] & 0xFF) * scale + shift;
      }
    }
  }
}
