package io.bagpipe.model.objective;

import io.bagpipe.model.engine.Attention;
import io.bagpipe.model.engine.NegativeQueue;
import java.util.List;

/**
 * The contrast of a student's vectors s with positives t against a queue of negatives n_j, all of
 * unit length, with its gradient in closed form:
 *
 * <pre>  CE(s, t) = -log( exp(s·t/T) / (exp(s·t/T) + Σ_j exp(s·n_j/T)) )</pre>
 *
 * (InfoNCE; MoCo, equation 1), averaged over the batch. Exponents are shifted by their bound 1/T,
 * sums over the batch are in double precision.
 *
 * <p>Confined to the training thread; the queue stays its owner's.
 */
public final class Contrast {
  private final NegativeQueue queue;
  private final int dimension;
  private final float temperature;

  /**
   * What student vectors are compared with.
   *
   * @param rows [batch, dimension] unit rows
   * @param weight of CE(s, rows) in the sum; with 0 the rows have no part, whatever they hold
   */
  public record Positive(float[] rows, double weight) {}

  /**
   * @param temperature T, 0.025 to 100
   */
  public Contrast(NegativeQueue queue, float temperature) {
    this.queue = queue;
    this.dimension = queue.dimension();
    this.temperature = Temperatures.student(temperature);
  }

  /**
   * The weighted sum of the contrasts with each positive.
   *
   * @param raw [batch, dimension] the student's outputs, not normalised
   * @param parts the gradient is that of the sum divided by it: its share in a loss of so many
   */
  public TermResult of(float[] raw, double parts, List<Positive> positives) {
    for (Positive positive : positives) {
      UnitOutputs.requireBeside(raw, positive.rows(), dimension);
    }
    int batch = raw.length / dimension;
    UnitOutputs outputs = new UnitOutputs(raw, dimension);
    Attention negatives = queue.attend(outputs.rows(), temperature);

    double loss = 0;
    float[] gradient = new float[raw.length];
    double[] direction = new double[dimension];
    double[] perPositive = new double[positives.size()];
    double share = 1 / (parts * batch);
    for (int row = 0; row < batch; row++) {
      int at = row * dimension;
      double value = 0;
      double perNegative = 0;
      for (int p = 0; p < perPositive.length; p++) {
        double weight = positives.get(p).weight();
        if (weight != 0) {
          double logit = (outputs.dot(row, positives.get(p).rows()) - 1) / temperature;
          double positive = Math.exp(logit);
          double total = positive + negatives.sums()[row];
          value += weight * (Math.log(total) - logit);
          perPositive[p] = weight * (positive / total - 1) / temperature;
          perNegative += weight / (total * temperature);
        }
      }
      loss += value;
      for (int i = 0; i < dimension; i++) {
        double along = perNegative * negatives.vectors()[at + i];
        for (int p = 0; p < perPositive.length; p++) {
          if (positives.get(p).weight() != 0) {
            along += perPositive[p] * positives.get(p).rows()[at + i];
          }
        }
        direction[i] = along;
      }
      outputs.back(row, direction, share, gradient);
    }
    return new TermResult(loss / batch, gradient);
  }
}
