package io.bagpipe.model.teacher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a teacher's file says of how images are prepared for it, in the metadata that {@code bagpipe
 * teacher import}, {@code bagpipe export} and {@code model/teachers/export.py} write. A file of
 * others says nothing of that. Immutable.
 *
 * @param size side of the input, pixels; 0: it does not say
 * @param edge length of the image's shorter edge before the centre crop of {@code size}; 0: it does
 *     not say
 * @param pad black border round the image before that, pixels a side
 * @param mean of red, green, blue in [0, 1]; null: it does not say
 * @param std of the same
 * @param normalisedBy who subtracts and divides; null: it does not say
 * @param projection how the embedding comes from the features, {@code pca} for instance; empty: it
 *     is a head's own
 */
public record TeacherCard(
    int size,
    int edge,
    int pad,
    float @Nullable [] mean,
    float @Nullable [] std,
    @Nullable NormalisedBy normalisedBy,
    String projection) {
  /** Of the metadata: whether the network normalises, or who runs it. */
  public static final String NORMALISED_BY = "image.normalised_by";

  /** Of the metadata: how the embedding comes from the features. */
  public static final String PROJECTION = "teacher.projection";

  /** Of a file that says nothing. */
  public static final TeacherCard SILENT = new TeacherCard(0, 0, 0, null, null, null, "");

  private static final Pattern EDGE = Pattern.compile("shorter edge to (\\d{1,5})\\b.*");
  private static final int LARGEST = 4096;

  /** Who normalises the pixels. */
  public enum NormalisedBy {
    /** The file's own network: pixels in [0, 1] go in. */
    MODEL,
    /** Who runs it. */
    CALLER;

    /** As the metadata has it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Reads the metadata of a teacher's file.
   *
   * @throws IllegalArgumentException naming the entry that is not valid
   */
  public static TeacherCard of(Map<String, String> metadata) {
    int size = pixels(metadata, "image.size");
    String resize = metadata.getOrDefault("image.resize", "");
    Matcher edge = EDGE.matcher(resize);
    String by = metadata.getOrDefault(NORMALISED_BY, "");
    float[] mean = channels(metadata, "image.mean");
    float[] std = channels(metadata, "image.std");
    if (!by.isEmpty() && !by.equals("model") && !by.equals("caller")) {
      throw invalid(NORMALISED_BY, by, "model or caller");
    }
    if (!by.isEmpty() && (mean == null || std == null)) {
      throw invalid(NORMALISED_BY, by, "image.mean and image.std beside it");
    }
    if (std != null) {
      for (float value : std) {
        if (!(value > 0)) {
          throw invalid("image.std", metadata.getOrDefault("image.std", ""), "above 0");
        }
      }
    }
    return new TeacherCard(
        size,
        edge.matches() ? Integer.parseInt(edge.group(1)) : 0,
        pixels(metadata, "image.pad"),
        mean,
        std,
        by.isEmpty() ? null : NormalisedBy.valueOf(by.toUpperCase(Locale.ROOT)),
        metadata.getOrDefault(PROJECTION, ""));
  }

  /**
   * Reads a file's metadata and nothing else of it; quick however large the file.
   *
   * @throws IOException if it cannot be read or is no ONNX file
   * @throws IllegalArgumentException naming the entry that is not valid
   */
  public static TeacherCard read(Path file) throws IOException {
    return of(OnnxMetadata.read(file));
  }

  /**
   * Refuses to run the file otherwise than it says.
   *
   * @throws TeacherException naming the first thing that differs
   */
  public void check(TeacherSource source, TeacherOptions options) {
    if (size > 0 && options.side() > 0 && size != options.side()) {
      throw new TeacherException(
          "teacher "
              + source
              + " was made for images of "
              + size
              + " pixels (image.size in its metadata) and the views have "
              + options.side()
              + "; set views.size="
              + size
              + ", or make the teacher's file for another size");
    }
    if (normalisedBy == null || mean == null || std == null) {
      return;
    }
    boolean inside = normalisedBy == NormalisedBy.MODEL;
    float[] wantedMean = inside ? new float[] {0, 0, 0} : mean;
    float[] wantedStd = inside ? new float[] {1, 1, 1} : std;
    if (!Arrays.equals(options.mean(), wantedMean) || !Arrays.equals(options.std(), wantedStd)) {
      throw new TeacherException(
          "teacher "
              + source
              + (inside ? " normalises pixels by itself" : " wants pixels normalised")
              + " with mean "
              + Arrays.toString(mean)
              + " and std "
              + Arrays.toString(std)
              + " (its metadata), and the configuration has teacher.mean "
              + Arrays.toString(options.mean())
              + " and teacher.std "
              + Arrays.toString(options.std())
              + "; leave these two keys out");
    }
  }

  /** Options for a file whose caller wants nothing but what it says itself. */
  public TeacherOptions options(TeacherOptions usual) {
    TeacherOptions sized =
        new TeacherOptions(
            usual.input(),
            usual.features(),
            usual.embedding(),
            usual.side() > 0 ? usual.side() : size,
            usual.chunk(),
            usual.threads(),
            usual.mean(),
            usual.std());
    return normalisedBy == NormalisedBy.CALLER && mean != null && std != null
        ? sized.normalised(mean, std)
        : sized;
  }

  private static int pixels(Map<String, String> metadata, String key) {
    String text = metadata.get(key);
    if (text == null) {
      return 0;
    }
    try {
      int value = Integer.parseInt(text.strip());
      if (value >= 0 && value <= LARGEST) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw invalid(key, text, "a number of pixels up to " + LARGEST);
  }

  private static float @Nullable [] channels(Map<String, String> metadata, String key) {
    String text = metadata.get(key);
    if (text == null) {
      return null;
    }
    String[] items = text.replaceAll("[\\[\\]]", "").split(",", -1);
    float[] values = new float[3];
    try {
      for (int i = 0; i < 3 && items.length == 3; i++) {
        values[i] = Float.parseFloat(items[i].strip());
        if (!Float.isFinite(values[i])) {
          throw invalid(key, text, "three finite numbers");
        }
      }
      if (items.length == 3) {
        return values;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw invalid(key, text, "three numbers");
  }

  private static IllegalArgumentException invalid(String key, String found, String valid) {
    String shown = found.length() > 60 ? found.substring(0, 57) + "..." : found;
    return new IllegalArgumentException(
        "its metadata has "
            + key
            + " \""
            + shown.replaceAll("\\p{Cntrl}", "?")
            + "\"; valid: "
            + valid);
  }
}
