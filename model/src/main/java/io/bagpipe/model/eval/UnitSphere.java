package io.bagpipe.model.eval;

import java.util.List;

/**
 * How features lie on the unit sphere (Wang and Isola, ICML 2020, section 4.1, their code's α = 2
 * and t = 2): smaller is better of both.
 */
final class UnitSphere {
  private static final double T = 2;

  /** Rows that are compared pair by pair; of more, the first. */
  static final int MOST_ROWS = 4096;

  private UnitSphere() {}

  /**
   * Uniformity: the logarithm of the mean over all pairs of exp(−2 ‖f(x) − f(y)‖²); 0 when all
   * features are one, −4 about where they are spread evenly in many dimensions.
   */
  static double uniformity(List<float[]> rows) {
    List<float[]> unit = rows.stream().limit(MOST_ROWS).map(FeatureRows::unit).toList();
    double sum = 0;
    for (int i = 0; i < unit.size(); i++) {
      for (int j = 0; j < i; j++) {
        sum += Math.exp(-T * squaredDistance(unit.get(i), unit.get(j)));
      }
    }
    return Math.log(sum / (unit.size() * (unit.size() - 1.0) / 2));
  }

  /** ‖f(x) − f(y)‖² of the unit vectors of two views of one image; alignment is the mean. */
  static double distance(float[] first, float[] second) {
    return squaredDistance(FeatureRows.unit(first), FeatureRows.unit(second));
  }

  private static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }
}
