package io.bagpipe.verticles.stage;

import com.google.protobuf.ByteString;
import io.bagpipe.verticles.config.Channels;
import io.bagpipe.verticles.config.ViewsConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Looks at the first pictures of a process and says, once, when they are visibly not what {@code
 * views.*} is for: thumbnails made of photographs, photographs made of thumbnails, or pixels that
 * the configured mean and deviation leave far from 0 and 1. Judged after the first 32, and again,
 * with more to go by, after 256; then it looks no more. Confined to the stage's worker thread.
 */
public final class FirstPictures {
  /** Pictures after which it judges. */
  private static final List<Integer> JUDGED_AT = List.of(32, 256);

  /** More, and what is seen in the picture is not seen in the view; at 224 pixels it still is. */
  private static final double MOST_SHRUNK = 4;

  private static final int SMALL_VIEWS = 96;
  private static final double MOST_ENLARGED = 3;

  /** Of a channel's mean from the configured one, in configured deviations. */
  private static final double MOST_SHIFT = 0.5;

  /** Of a channel's deviation to the configured one, or the other way round. */
  private static final double MOST_SPREAD = 2;

  private final ViewsConfig views;
  private final int[] sides = new int[JUDGED_AT.get(JUDGED_AT.size() - 1)];
  private final double[] sum = new double[3];
  private final double[] squares = new double[3];
  private int count;
  private String notice = "";

  public FirstPictures(ViewsConfig views) {
    this.views = views;
  }

  /**
   * Takes one in.
   *
   * @param shorterSide of the picture, pixels
   * @param indexView of it, uint8 [size, size, 3] RGB
   * @return whether {@link #notice} may be another now
   */
  boolean saw(int shorterSide, ByteString indexView) {
    if (count == sides.length) {
      return false;
    }
    sides[count++] = shorterSide;
    int pixels = indexView.size() / 3;
    for (int channel = 0; channel < 3; channel++) {
      long total = 0;
      long totalSquares = 0;
      for (int i = channel; i < 3 * pixels; i += 3) {
        int value = indexView.byteAt(i) & 0xff;
        total += value;
        totalSquares += (long) value * value;
      }
      sum[channel] += total / 255.0 / pixels;
      squares[channel] += totalSquares / (255.0 * 255.0) / pixels;
    }
    if (!JUDGED_AT.contains(count)) {
      return false;
    }
    notice = judge();
    return true;
  }

  /** What is to be said of them, one line; empty: nothing. */
  String notice() {
    return notice;
  }

  private String judge() {
    List<String> odd = new ArrayList<>();
    int[] sorted = Arrays.copyOf(sides, count);
    Arrays.sort(sorted);
    int median = sorted[count / 2];
    var geometry = views.geometry();
    if (geometry.size() < SMALL_VIEWS && median > MOST_SHRUNK * geometry.indexResize()) {
      odd.add(
          "half of them have %d pixels or more on their shorter side, of which views.size leaves %d"
              .formatted(median, geometry.size()));
    } else if (median * MOST_ENLARGED < geometry.size()) {
      odd.add(
          "half of them have %d pixels or fewer on their shorter side, of which views.size makes %d"
              .formatted(median, geometry.size()));
    }
    double[] mean = Arrays.stream(sum).map(s -> s / count).toArray();
    double[] deviation = new double[3];
    for (int channel = 0; channel < 3; channel++) {
      double variance = squares[channel] / count - mean[channel] * mean[channel];
      deviation[channel] = Math.sqrt(Math.max(0, variance));
    }
    if (isFar(mean, deviation)) {
      odd.add(
          "their pixels have mean %s and deviation %s, and views.mean is %s and views.std %s"
              .formatted(words(mean), words(deviation), words(views.mean()), words(views.std())));
    }
    return odd.isEmpty()
        ? ""
        : "the first %d pictures are not like those that this configuration is for: %s; see preset and views.*"
            .formatted(count, String.join(", and ", odd));
  }

  private boolean isFar(double[] mean, double[] deviation) {
    float[] wantedMean = views.mean().toArray();
    float[] wantedDeviation = views.std().toArray();
    for (int channel = 0; channel < 3; channel++) {
      double ratio = deviation[channel] / wantedDeviation[channel];
      if (Math.abs(mean[channel] - wantedMean[channel]) > MOST_SHIFT * wantedDeviation[channel]
          || ratio > MOST_SPREAD
          || ratio * MOST_SPREAD < 1) {
        return true;
      }
    }
    return false;
  }

  private static String words(Channels of) {
    return words(new double[] {of.red(), of.green(), of.blue()});
  }

  private static String words(double[] of) {
    return String.format(Locale.ROOT, "[%.3f, %.3f, %.3f]", of[0], of[1], of[2]);
  }
}
