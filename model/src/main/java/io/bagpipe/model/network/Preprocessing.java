package io.bagpipe.model.network;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What turns an image into a student's input, stated in every checkpoint and exported file.
 *
 * @param size side of the input, pixels
 * @param pad black border laid round the image first, pixels a side
 * @param resize side that the image's shorter edge is scaled to before the centre crop of {@code
 *     size}
 * @param mean subtracted from red, green, blue in [0, 1]
 * @param deviation divides them after that
 */
public record Preprocessing(int size, int pad, int resize, float[] mean, float[] deviation) {
  private static final int CHANNELS = 3;

  public Preprocessing {
    if (size < 1 || pad < 0 || resize < size) {
      throw new IllegalArgumentException(
          "a border of " + pad + ", then a crop of " + size + " after scaling to " + resize);
    }
    if (mean.length != CHANNELS || deviation.length != CHANNELS) {
      throw new IllegalArgumentException("mean and deviation need three values each");
    }
    for (float value : deviation) {
      if (!(value > 0)) {
        throw new IllegalArgumentException("a deviation of " + value + "; valid is above 0");
      }
    }
  }

  /**
   * Of the strings that {@link #properties} gives.
   *
   * @throws IllegalArgumentException naming one that is missing or not as it is written there
   */
  public static Preprocessing of(Map<String, String> properties) {
    return new Preprocessing(
        number(properties, "image.size", "(\\d+)"),
        number(properties, "image.pad", "(\\d+)"),
        number(properties, "image.resize", "shorter edge to (\\d+),.*"),
        channels(properties, "image.mean"),
        channels(properties, "image.std"));
  }

  private static int number(Map<String, String> properties, String name, String form) {
    String text = properties.getOrDefault(name, "");
    Matcher matcher = Pattern.compile(form).matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "metadata " + name + " \"" + text + "\" does not say how images are prepared");
    }
    return Integer.parseInt(matcher.group(1));
  }

  private static float[] channels(Map<String, String> properties, String name) {
    String text = properties.getOrDefault(name, "");
    String[] parts = text.replaceAll("[\\[\\]\\s]", "").split(",", -1);
    float[] values = new float[parts.length];
    for (int i = 0; i < parts.length; i++) {
      try {
        values[i] = Float.parseFloat(parts[i]);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "metadata " + name + " \"" + text + "\" is not three numbers", e);
      }
    }
    return values;
  }

  /** As strings for a file's metadata. */
  public Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("image.size", Integer.toString(size));
    properties.put("image.colour_order", "RGB");
    properties.put("image.range", "[0, 1]");
    properties.put("image.mean", Arrays.toString(mean));
    properties.put("image.std", Arrays.toString(deviation));
    properties.put("image.pad", Integer.toString(pad));
    properties.put(
        "image.resize",
        "shorter edge to " + resize + ", bilinear with antialiasing, then centre crop of " + size);
    return properties;
  }
}
