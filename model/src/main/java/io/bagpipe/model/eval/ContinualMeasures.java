package io.bagpipe.model.eval;

import org.jspecify.annotations.Nullable;

/**
 * What a stream of eras did to a student, of the matrix A: A[t][i] is its accuracy on the probe set
 * of era i after phase t, the training on era t. Eras count from 0; N is their number.
 *
 * <p>Definitions as in mammoth (aimagelab/mammoth, utils/metrics.py); learning i to the end of its
 * own phase is A[i][i]. Measures that compare an era with itself later need two eras, and are NaN
 * before.
 *
 * @param averageAccuracy mean over i of A[N−1][i]
 * @param forgetting mean over i &lt; N−1 of max over t of A[t][i], less A[N−1][i]; t from i on,
 *     since what was known of an era before it came cannot have been taught by it
 * @param backwardTransfer mean over i &lt; N−1 of A[N−1][i] − A[i][i]; below 0: forgotten
 * @param forwardTransfer mean over i &gt; 0 of A[i−1][i] − R[i], R of the untrained student; NaN
 *     where that is not known
 */
public record ContinualMeasures(
    double averageAccuracy, double forgetting, double backwardTransfer, double forwardTransfer) {

  /**
   * The measures after the last phase.
   *
   * @param accuracy [N][N], a row for each phase; all of the last row must be known. Entries of
   *     eras that had not begun are needed for the forward transfer alone and may be NaN
   * @param untrained [N], R; null where that is not known
   * @throws IllegalArgumentException when the matrix is not square, or a needed entry is no
   *     accuracy
   */
  public static ContinualMeasures of(double[][] accuracy, double @Nullable [] untrained) {
    int n = accuracy.length;
    for (double[] row : accuracy) {
      if (row.length != n) {
        throw new IllegalArgumentException(
            "a row of " + row.length + " eras in a matrix of " + n + " phases; valid: as many");
      }
    }
    if (n == 0 || (untrained != null && untrained.length != n)) {
      throw new IllegalArgumentException(
          n + " eras; valid: 1 or more, and as many values of the untrained student");
    }
    double average = 0;
    double forgetting = 0;
    double backward = 0;
    double forward = 0;
    for (int i = 0; i < n; i++) {
      double last = known(accuracy, n - 1, i);
      average += last;
      if (i < n - 1) {
        double best = Double.NEGATIVE_INFINITY;
        for (int t = i; t < n; t++) {
          best = Math.max(best, known(accuracy, t, i));
        }
        forgetting += best - last;
        backward += last - known(accuracy, i, i);
      }
      if (i > 0) {
        forward += untrained == null ? Double.NaN : accuracy[i - 1][i] - untrained[i];
      }
    }
    double pairs = n > 1 ? n - 1 : Double.NaN;
    return new ContinualMeasures(
        average / n, forgetting / pairs, backward / pairs, forward / pairs);
  }

  private static double known(double[][] accuracy, int phase, int era) {
    double value = accuracy[phase][era];
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          "accuracy on era " + era + " after phase " + phase + ": " + value + "; valid: 0 to 1");
    }
    return value;
  }
}
