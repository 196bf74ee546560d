package io.bagpipe.verticles.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Orders in which the images of several eras (groups of classes, or data sets) come by, each once.
 * After SCALE's single-pass streams (Orienfish/SCALE, data_utils.py), with an era in the place of
 * its class; inside an era the images are shuffled.
 */
public enum StreamOrder {
  /** All eras shuffled. */
  IID,
  /** One era after the other. */
  SEQUENTIAL,
  /**
   * The same with blurred borders: b is a quarter of the shorter of two eras; the i-th image of the
   * later swaps with the i-th last of the former, with a probability that falls from 0.5 to 0.05
   * over i &lt; b.
   */
  BLURRED,
  /** One after the other, some of them twice as long as the others. */
  IMBALANCED,
  /** Two eras at a time, shuffled. */
  CONCURRENT,
  /** One after the other, half of each; then the other halves in the same order. */
  RECURRING;

  private static final double FIRST = 0.5;
  private static final double LAST = 0.05;
  private static final int BLUR = 4;

  /**
   * A stream.
   *
   * @param images by the numbers they were given
   * @param ends where a student is to be looked at, a place for each era: after so many images; of
   *     {@link #RECURRING} in the second time round
   */
  public record Stream(int[] images, int[] ends) {}

  /** In lower case. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Draws a stream.
   *
   * @param eras the images of each, by number, in the order in which they come; at least two
   * @param total images wanted
   * @throws ExperimentException when an era has too few
   */
  public Stream of(List<int[]> eras, int total, long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    int[] lengths = lengths(eras.size(), total, random);
    List<int[]> parts = new ArrayList<>();
    for (int i = 0; i < eras.size(); i++) {
      int[] all = eras.get(i).clone();
      if (all.length < lengths[i]) {
        throw new ExperimentException(
            "%s: era %d of %d takes %,d images and has %,d; take fewer --images"
                .formatted(id(), i + 1, eras.size(), lengths[i], all.length));
      }
      shuffle(all, 0, all.length, random);
      parts.add(Arrays.copyOf(all, lengths[i]));
    }
    int[] ends = new int[lengths.length];
    int end = 0;
    for (int i = 0; i < lengths.length; i++) {
      end += lengths[i];
      ends[i] = end;
    }
    return switch (this) {
      case SEQUENTIAL, IMBALANCED -> new Stream(joined(parts), ends);
      case IID -> {
        int[] images = joined(parts);
        shuffle(images, 0, images.length, random);
        yield new Stream(images, ends);
      }
      case BLURRED -> {
        int[] images = joined(parts);
        for (int i = 1; i < lengths.length; i++) {
          blur(images, ends[i - 1], Math.min(lengths[i - 1], lengths[i]) / BLUR, random);
        }
        yield new Stream(images, ends);
      }
      case CONCURRENT -> {
        int[] images = joined(parts);
        for (int i = 0; i < lengths.length; i += 2) {
          int last = Math.min(i + 1, lengths.length - 1);
          shuffle(images, ends[i] - lengths[i], ends[last], random);
        }
        yield new Stream(images, ends);
      }
      case RECURRING -> recurring(parts);
    };
  }

  private int[] lengths(int eras, int total, RandomGenerator random) {
    int[] weights = new int[eras];
    Arrays.fill(weights, 1);
    if (this == IMBALANCED) {
      // of a list of one and two, as many of each as can be
      for (int i = 0; i < eras / 2; i++) {
        weights[i] = 2;
      }
      shuffle(weights, 0, eras, random);
    }
    int sum = Arrays.stream(weights).sum();
    int[] lengths = new int[eras];
    int given = 0;
    for (int i = 0; i < eras; i++) {
      lengths[i] = (int) ((long) total * weights[i] / sum);
      given += lengths[i];
    }
    for (int i = 0; given < total; i++, given++) {
      lengths[i]++;
    }
    return lengths;
  }

  private static void blur(int[] images, int border, int width, RandomGenerator random) {
    for (int i = 0; i < width; i++) {
      double chance = width == 1 ? FIRST : FIRST - (FIRST - LAST) * i / (width - 1);
      if (random.nextDouble() < chance) {
        int later = images[border + i];
        images[border + i] = images[border - 1 - i];
        images[border - 1 - i] = later;
      }
    }
  }

  private static Stream recurring(List<int[]> parts) {
    List<int[]> rounds = new ArrayList<>();
    parts.forEach(part -> rounds.add(Arrays.copyOf(part, part.length / 2)));
    int end = rounds.stream().mapToInt(round -> round.length).sum();
    int[] ends = new int[parts.size()];
    for (int i = 0; i < parts.size(); i++) {
      int[] part = parts.get(i);
      rounds.add(Arrays.copyOfRange(part, part.length / 2, part.length));
      end += part.length - part.length / 2;
      ends[i] = end;
    }
    return new Stream(joined(rounds), ends);
  }

  private static int[] joined(List<int[]> parts) {
    return parts.stream().flatMapToInt(Arrays::stream).toArray();
  }

  private static void shuffle(int[] of, int from, int to, RandomGenerator random) {
    for (int i = to - 1; i > from; i--) {
      int j = from + random.nextInt(i - from + 1);
      int kept = of[i];
      of[i] = of[j];
      of[j] = kept;
    }
  }
}
