package io.bagpipe.model.drift;

import org.apache.commons.math3.special.Erf;

/**
 * The upper tail of Σ λ_i Z_i², Z_i independent standard normal: the saddlepoint approximation of
 * Lugannani and Rice (1980), whose relative error stays small far out, where no simulation goes.
 */
final class QuadraticTail {
  private static final int HALVINGS = 100;

  private final double[] weights;
  private final double largest;
  private final double mean;

  /**
   * @param weights λ, at least one above 0, none below
   */
  QuadraticTail(double[] weights) {
    this.weights = weights.clone();
    double most = 0;
    double sum = 0;
    for (double weight : weights) {
      most = Math.max(most, weight);
      sum += weight;
    }
    this.largest = most;
    this.mean = sum;
  }

  /** The value that is exceeded with a probability, which must be small: under a tenth. */
  double quantile(double probability) {
    double low = mean;
    double high = 2 * mean;
    while (exceeded(high) > probability) {
      low = high;
      high *= 2;
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (exceeded(middle) > probability) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** The probability that a value above the mean is exceeded. */
  double exceeded(double value) {
    double low = 0;
    double high = 0.5 / largest;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (slope(middle) < value) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double s = low;
    double w = Math.sqrt(2 * (s * value - cumulant(s)));
    double u = s * Math.sqrt(curvature(s));
    if (!(w > 1e-4)) {
      return 0.5; // at the mean, where the formula has no value
    }
    double density = StrictMath.exp(-w * w / 2) / Math.sqrt(2 * Math.PI);
    return Erf.erfc(w / Math.sqrt(2)) / 2 + density * (1 / u - 1 / w);
  }

  private double cumulant(double s) {
    double sum = 0;
    for (double weight : weights) {
      sum -= StrictMath.log1p(-2 * s * weight) / 2;
    }
    return sum;
  }

  private double slope(double s) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight / (1 - 2 * s * weight);
    }
    return sum;
  }

  private double curvature(double s) {
    double sum = 0;
    for (double weight : weights) {
      double part = weight / (1 - 2 * s * weight);
      sum += 2 * part * part;
    }
    return sum;
  }
}
