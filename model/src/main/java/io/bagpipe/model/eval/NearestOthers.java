package io.bagpipe.model.eval;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Of each row of a set the most similar others, by scanning them all. */
final class NearestOthers {
  private NearestOthers() {}

  /** Followed after every row. */
  @FunctionalInterface
  interface Rows {
    /** So many rows are through; false ends it. */
    boolean goOn(int done);
  }

  /**
   * Scans.
   *
   * @param rows of one length, more than {@code k}
   * @param k others wanted of each
   * @return by row their numbers, best first, of equal ones the earlier first; null when it was
   *     ended
   */
  static int @Nullable [][] of(float[][] rows, int k, Rows watch) {
    int[][] nearest = new int[rows.length][];
    double[] best = new double[k];
    for (int i = 0; i < rows.length; i++) {
      nearest[i] = nearest(rows, i, best);
      if (!watch.goOn(i + 1)) {
        return null;
      }
    }
    return nearest;
  }

  /** Keeps the best so far in order; a later one goes behind an earlier one that is as similar. */
  private static int[] nearest(float[][] rows, int of, double[] best) {
    int[] found = new int[best.length];
    Arrays.fill(best, Double.NEGATIVE_INFINITY);
    int held = 0;
    for (int j = 0; j < rows.length; j++) {
      if (j == of) {
        continue;
      }
      double similarity = dot(rows[of], rows[j]);
      if (held == best.length && Double.compare(similarity, best[held - 1]) <= 0) {
        continue;
      }
      int at = held == best.length ? held - 1 : held++;
      for (; at > 0 && Double.compare(similarity, best[at - 1]) > 0; at--) {
        best[at] = best[at - 1];
        found[at] = found[at - 1];
      }
      best[at] = similarity;
      found[at] = j;
    }
    return found;
  }

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
