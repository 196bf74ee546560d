package io.bagpipe.model.eval;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Scores features on a probe set by the set alone: each image is asked about with the others as the
 * bank. A set that does not change is the same question for ever, whatever else the stream brings,
 * so that its scores may be compared over time. Time and memory grow with the square of the set and
 * are small for thousands of images. Confined to the encoder's thread; the encoder stays its
 * maker's.
 */
public final class ProbeExam {
  /** Nearest others whose votes and whose agreement with the teacher's count. */
  public static final int NEIGHBOURS = 10;

  /** Images that a set must have at least. */
  public static final int LEAST = 2 * NEIGHBOURS;

  private final FeatureEncoder encoder;
  private final int batch;
  private final double temperature;

  /**
   * @param batch images a pass of the encoder
   * @param temperature of the weighted vote, {@link KnnClassifier}
   */
  public ProbeExam(FeatureEncoder encoder, int batch, double temperature) {
    this.encoder = encoder;
    this.batch = batch;
    this.temperature = temperature;
  }

  /**
   * Of each image of a set the nearest others by the teacher's features: the same for ever.
   *
   * @return empty where the teacher's features are not those of one teacher; null when the watch
   *     ended it
   */
  public static int @Nullable [][] teachersNearest(List<Probe> set, EvaluationWatch watch) {
    requireEnough(set);
    float[][] rows = set.stream().map(Probe::features).toArray(float[][]::new);
    for (float[] row : rows) {
      if (row.length == 0 || row.length != rows[0].length) {
        return new int[0][];
      }
    }
    return NearestOthers.of(rows, NEIGHBOURS, done -> watch.goOn(done, rows.length));
  }

  /**
   * Scores the encoder's features, as they are now, on a set.
   *
   * @param wanted as {@link #teachersNearest} says
   * @param watch told how many images are through, of those of the set
   * @return null when the watch ended it
   * @throws IllegalArgumentException when the set is too small
   */
  public @Nullable ProbeScore score(List<Probe> set, int[][] wanted, EvaluationWatch watch) {
    requireEnough(set);
    int size = set.size();
    float[][] rows = features(set, watch);
    // of an image's way the encoder is one half, and the look at all others the other
    int[][] nearest =
        rows == null
            ? null
            : NearestOthers.of(rows, NEIGHBOURS, done -> watch.goOn((size + done) / 2, size));
    if (rows == null || nearest == null) {
      return null;
    }
    int[] labels = labels(set);
    return new ProbeScore(
        labels.length == 0 ? Double.NaN : knn(rows, nearest, labels),
        labels.length == 0 ? Double.NaN : linear(rows, labels),
        agreement(wanted, nearest));
  }

  private static void requireEnough(List<Probe> set) {
    if (set.size() < LEAST) {
      throw new IllegalArgumentException(
          "a probe set of " + set.size() + " images; valid: " + LEAST + " or more");
    }
  }

  /** Unit vectors; null when the watch ended it. */
  private float @Nullable [][] features(List<Probe> set, EvaluationWatch watch) {
    int image = 3 * encoder.inputSize() * encoder.inputSize();
    int dimension = encoder.dimension();
    float[][] rows = new float[set.size()][];
    byte[] pixels = new byte[batch * image];
    for (int from = 0; from < rows.length; from += batch) {
      int count = Math.min(batch, rows.length - from);
      for (int i = 0; i < count; i++) {
        System.arraycopy(set.get(from + i).view(), 0, pixels, i * image, image);
      }
      float[] made = encoder.features(pixels, count);
      for (int i = 0; i < count; i++) {
        rows[from + i] = unit(Arrays.copyOfRange(made, i * dimension, (i + 1) * dimension));
      }
      if (!watch.goOn((from + count) / 2, rows.length)) {
        return null;
      }
    }
    return rows;
  }

  private static float[] unit(float[] row) {
    double squares = NearestOthers.dot(row, row);
    float scale = squares > 0 ? (float) (1 / Math.sqrt(squares)) : 0;
    for (int i = 0; i < row.length; i++) {
      row[i] *= scale;
    }
    return row;
  }

  /**
   * Numbers for names, in the order of the names; empty where an image has none, or all have the
   * same, which no features could get wrong.
   */
  private static int[] labels(List<Probe> set) {
    Set<String> names = new java.util.TreeSet<>();
    for (Probe probe : set) {
      String label = probe.label();
      if (label == null) {
        return new int[0];
      }
      names.add(label);
    }
    if (names.size() == 1) {
      return new int[0];
    }
    Map<String, Integer> numbers = new HashMap<>();
    names.forEach(name -> numbers.put(name, numbers.size()));
    return set.stream().mapToInt(probe -> numbers.getOrDefault(probe.label(), 0)).toArray();
  }

  private double knn(float[][] rows, int[][] nearest, int[] labels) {
    int classes = Arrays.stream(labels).max().orElse(0) + 1;
    int right = 0;
    for (int i = 0; i < rows.length; i++) {
      double[] votes = new double[classes];
      for (int other : nearest[i]) {
        votes[labels[other]] +=
            Math.exp((NearestOthers.dot(rows[i], rows[other]) - 1) / temperature);
      }
      right += best(votes) == labels[i] ? 1 : 0;
    }
    return right / (double) rows.length;
  }

  private static double linear(float[][] rows, int[] labels) {
    int right = 0;
    for (int half = 0; half < 2; half++) {
      RidgeProbe probe = new RidgeProbe(rows[0].length);
      for (int i = half; i < rows.length; i += 2) {
        probe.add(rows[i], labels[i]);
      }
      LinearClassifier fitted = probe.solve();
      for (int i = 1 - half; i < rows.length; i += 2) {
        right += best(fitted.scores(rows[i])) == labels[i] ? 1 : 0;
      }
    }
    return right / (double) rows.length;
  }

  /** The lower one of equal ones. */
  private static int best(double[] scores) {
    int best = 0;
    for (int label = 1; label < scores.length; label++) {
      best = scores[label] > scores[best] ? label : best;
    }
    return best;
  }

  private static double agreement(int[][] wanted, int[][] nearest) {
    if (wanted.length == 0) {
      return Double.NaN;
    }
    int shared = 0;
    for (int i = 0; i < nearest.length; i++) {
      for (int mine : nearest[i]) {
        for (int teachers : wanted[i]) {
          shared += mine == teachers ? 1 : 0;
        }
      }
    }
    return shared / (double) (nearest.length * NEIGHBOURS);
  }
}
