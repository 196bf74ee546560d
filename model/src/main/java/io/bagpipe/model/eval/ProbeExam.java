package io.bagpipe.model.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
   * Scores the encoder's features, as they are now, on a set.
   *
   * @throws IllegalArgumentException when the set is too small
   */
  public ProbeScore score(List<Probe> set) {
    if (set.size() < LEAST) {
      throw new IllegalArgumentException(
          "a probe set of " + set.size() + " images; valid: " + LEAST + " or more");
    }
    float[][] rows = features(set);
    int[][] nearest = nearest(rows);
    int[] labels = labels(set);
    return new ProbeScore(
        labels.length == 0 ? Double.NaN : knn(rows, nearest, labels),
        labels.length == 0 ? Double.NaN : linear(rows, labels),
        agreement(set, nearest));
  }

  /** Unit vectors. */
  private float[][] features(List<Probe> set) {
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
    }
    return rows;
  }

  private static float[] unit(float[] row) {
    double squares = dot(row, row);
    float scale = squares > 0 ? (float) (1 / Math.sqrt(squares)) : 0;
    for (int i = 0; i < row.length; i++) {
      row[i] *= scale;
    }
    return row;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** Of each row the most similar others, best first; of equal ones the earlier first. */
  private static int[][] nearest(float[][] rows) {
    int[][] nearest = new int[rows.length][];
    double[] similarities = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      List<Integer> others = new ArrayList<>(rows.length - 1);
      for (int j = 0; j < rows.length; j++) {
        similarities[j] = dot(rows[i], rows[j]);
        if (j != i) {
          others.add(j);
        }
      }
      others.sort(
          (a, b) -> {
            int closer = Double.compare(similarities[b], similarities[a]);
            return closer != 0 ? closer : Integer.compare(a, b);
          });
      nearest[i] = others.subList(0, NEIGHBOURS).stream().mapToInt(Integer::intValue).toArray();
    }
    return nearest;
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
        votes[labels[other]] += Math.exp((dot(rows[i], rows[other]) - 1) / temperature);
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

  private static double agreement(List<Probe> set, int[][] nearest) {
    float[][] teachers = set.stream().map(Probe::features).toArray(float[][]::new);
    for (float[] row : teachers) {
      if (row.length == 0 || row.length != teachers[0].length) {
        return Double.NaN;
      }
    }
    int[][] wanted = nearest(teachers);
    int shared = 0;
    for (int i = 0; i < nearest.length; i++) {
      Set<Integer> mine = new HashSet<>();
      Arrays.stream(nearest[i]).forEach(mine::add);
      shared += (int) Arrays.stream(wanted[i]).filter(mine::contains).count();
    }
    return shared / (double) (nearest.length * NEIGHBOURS);
  }
}
