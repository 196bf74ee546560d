package io.bagpipe.model.objective;

import io.bagpipe.model.engine.Attention;
import io.bagpipe.model.engine.NegativeQueue;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  /** At this temperature a row counts 1 if it is the same, and nothing if it is only alike. */
  private static final float SAME = 1e-5f;

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
   * Vectors that are no negatives of their anchor, though the queue holds them.
   *
   * @param rows [batch, dimension] unit rows
   * @param copies [batch] how often the queue holds each, as {@link #copies} counts them
   */
  public record Masked(float[] rows, int[] copies) {}

  /**
   * @param temperature T, 0.025 to 100
   */
  public Contrast(NegativeQueue queue, float temperature) {
    this.queue = queue;
    this.dimension = queue.dimension();
    this.temperature = Temperatures.student(temperature);
  }

  /**
   * How many of the queue's rows each vector is, to within rounding: with m of them CE(s, row) is
   * at least log(1 + m), whatever s is, since their logits are the positive's own.
   *
   * @param rows [batch, dimension] unit rows
   */
  public int[] copies(float[] rows) {
    float[] sums = queue.attend(rows, SAME).sums();
    int[] copies = new int[sums.length];
    for (int row = 0; row < copies.length; row++) {
      copies[row] = Math.round(sums[row]);
    }
    return copies;
  }

  /**
   * The weighted sum of the contrasts with each positive.
   *
   * @param raw [batch, dimension] the student's outputs, not normalised
   * @param parts the gradient is that of the sum divided by it: its share in a loss of so many
   */
  public TermResult of(float[] raw, double parts, List<Positive> positives) {
    return of(raw, parts, positives, null);
  }

  /**
   * The same with some of the queue's rows left out.
   *
   * @param masked null: none are
   */
  public TermResult of(
      float[] raw, double parts, List<Positive> positives, @Nullable Masked masked) {
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
      double hidden = masked == null ? 0 : hidden(outputs, masked, row);
      double negative = Math.max(0, negatives.sums()[row] - hidden);
      double value = 0;
      double perNegative = 0;
      for (int p = 0; p < perPositive.length; p++) {
        double weight = positives.get(p).weight();
        if (weight != 0) {
          double logit = (outputs.dot(row, positives.get(p).rows()) - 1) / temperature;
          double positive = Math.exp(logit);
          double total = positive + negative;
          value += weight * (Math.log(total) - logit);
          perPositive[p] = weight * (positive / total - 1) / temperature;
          perNegative += weight / (total * temperature);
        }
      }
      loss += value;
      for (int i = 0; i < dimension; i++) {
        double along = perNegative * negatives.vectors()[at + i];
        if (hidden > 0 && masked != null) {
          along -= perNegative * hidden * masked.rows()[at + i];
        }
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

  /** What the copies of a row contribute to the sum over the queue. */
  private double hidden(UnitOutputs outputs, Masked masked, int row) {
    int copies = masked.copies()[row];
    return copies == 0 ? 0 : copies * Math.exp((outputs.dot(row, masked.rows()) - 1) / temperature);
  }
}
