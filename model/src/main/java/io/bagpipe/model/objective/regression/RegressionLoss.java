package io.bagpipe.model.objective.regression;

import io.bagpipe.model.objective.Cosine;
import io.bagpipe.model.objective.TermResult;

/**
 * L = α (1 - C) + β · mean of h(s - t), with C the mean cosine of a student's vector and its target
 * and h(x) = x² / 2δ below δ, |x| - δ/2 above, over all values (after AM-RADIO and theia: {@code
 * models/rvfm.py}). Nothing is normalised. Immutable.
 *
 * @param cosine α
 * @param smoothL1 β
 * @param delta δ, above 0
 */
public record RegressionLoss(double cosine, double smoothL1, double delta) {

  /**
   * A loss and its two parts.
   *
   * @param cosine 1 - C
   * @param smoothL1 mean of h
   */
  public record Parts(double cosine, double smoothL1, TermResult sum) {}

  public RegressionLoss {
    if (!(delta > 0)) {
      throw new IllegalArgumentException("delta " + delta + "; valid: above 0");
    }
  }

  /**
   * The loss.
   *
   * @param raw [batch, dimension] the student's outputs
   * @param targets [batch, dimension]
   */
  public Parts of(float[] raw, float[] targets, int dimension) {
    Cosine rows = Cosine.ofRows(raw, targets, dimension);
    double[] slope = rows.gradient();
    float[] gradient = new float[raw.length];
    double sum = 0;
    for (int i = 0; i < raw.length; i++) {
      double difference = (double) raw[i] - targets[i];
      double size = Math.abs(difference);
      sum += size < delta ? difference * difference / (2 * delta) : size - delta / 2;
      double clipped = Math.max(-1, Math.min(1, difference / delta));
      gradient[i] = (float) (smoothL1 * clipped / raw.length - cosine * slope[i]);
    }
    double far = sum / raw.length;
    double apart = 1 - rows.value();
    return new Parts(apart, far, new TermResult(cosine * apart + smoothL1 * far, gradient));
  }
}
