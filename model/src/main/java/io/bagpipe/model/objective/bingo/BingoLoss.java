package io.bagpipe.model.objective.bingo;

import io.bagpipe.model.engine.Attention;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.TermResult;
import io.bagpipe.model.objective.UnitOutputs;

/**
 * The BINGO loss, one term at a time, with its gradient in closed form (METHOD: "The loss"). For a
 * student vector s and a teacher vector t, both of unit length,
 *
 * <pre>  CE(s, t) = -log( exp(s·t/T) / (exp(s·t/T) + Σ_j exp(s·n_j/T)) )</pre>
 *
 * with n_j the queue's rows; a term is weightKey · CE(s, key) + weightMember · CE(s, memberKey),
 * averaged over the batch, and the loss is the mean of the three terms. Terms share nothing but the
 * queue, so each is computed between its forward and its backward pass. Exponents are shifted by
 * their bound 1/T, sums over the batch are in double precision.
 *
 * <p>Confined to the training thread; the queue stays its owner's.
 */
public final class BingoLoss {
  /** Below this exp(-2/T) leaves the normal range of float32. */
  static final float LOWEST_TEMPERATURE = 0.025f;

  private static final double TERMS = 3;

  private final NegativeQueue queue;
  private final int dimension;
  private final float temperature;

  public BingoLoss(NegativeQueue queue, float temperature) {
    if (!(temperature >= LOWEST_TEMPERATURE && temperature <= 100)) {
      throw new IllegalArgumentException(
          "temperature " + temperature + "; valid: " + LOWEST_TEMPERATURE + " to 100");
    }
    this.queue = queue;
    this.dimension = queue.dimension();
    this.temperature = temperature;
  }

  /**
   * One term, with the gradient of a third of it: its share in the loss.
   *
   * @param raw [batch, dimension] the student's outputs, not normalised
   * @param keys [batch, dimension] unit rows, the teacher's embeddings of the anchors
   * @param memberKeys [batch, dimension] unit rows, those of the members
   */
  public TermResult term(
      float[] raw, float[] keys, float[] memberKeys, double weightKey, double weightMember) {
    int batch = raw.length / dimension;
    if (batch < 1
        || raw.length != batch * dimension
        || keys.length != raw.length
        || memberKeys.length != raw.length) {
      throw new IllegalArgumentException(
          "outputs, keys and member keys of "
              + raw.length
              + ", "
              + keys.length
              + " and "
              + memberKeys.length
              + " values; valid: as many rows of "
              + dimension
              + " in each");
    }
    UnitOutputs outputs = new UnitOutputs(raw, dimension);
    Attention negatives = queue.attend(outputs.rows(), temperature);

    double loss = 0;
    float[] gradient = new float[raw.length];
    double[] direction = new double[dimension];
    double share = 1 / (TERMS * batch);
    for (int row = 0; row < batch; row++) {
      int at = row * dimension;
      float sum = negatives.sums()[row];
      CrossEntropy key = crossEntropy(weightKey, outputs, keys, row, sum);
      CrossEntropy member = crossEntropy(weightMember, outputs, memberKeys, row, sum);
      loss += key.value + member.value;

      double perNegative = key.perNegative + member.perNegative;
      for (int i = 0; i < dimension; i++) {
        double value = perNegative * negatives.vectors()[at + i];
        // a weight of zero leaves its teacher vector out, whatever is in it
        if (weightKey != 0) {
          value += key.perPositive * keys[at + i];
        }
        if (weightMember != 0) {
          value += member.perPositive * memberKeys[at + i];
        }
        direction[i] = value;
      }
      outputs.back(row, direction, share, gradient);
    }
    return new TermResult(loss / batch, gradient);
  }

  /** A weighted cross-entropy and its derivatives by s·t and by each s·n_j, as factors of e_j. */
  private record CrossEntropy(double value, double perPositive, double perNegative) {
    static final CrossEntropy NONE = new CrossEntropy(0, 0, 0);
  }

  private CrossEntropy crossEntropy(
      double weight, UnitOutputs outputs, float[] teacher, int row, float negatives) {
    if (weight == 0) {
      return CrossEntropy.NONE;
    }
    double logit = (outputs.dot(row, teacher) - 1) / temperature;
    double positive = Math.exp(logit);
    double total = positive + negatives;
    return new CrossEntropy(
        weight * (Math.log(total) - logit),
        weight * (positive / total - 1) / temperature,
        weight / (total * temperature));
  }
}
