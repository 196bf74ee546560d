package io.bagpipe.model.objective.seed;

import io.bagpipe.model.engine.Attention;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.TermResult;
import io.bagpipe.model.objective.UnitOutputs;

/**
 * The loss of SEED with its gradient in closed form (authors' code: {@code seed/builder.py}). For a
 * student's unit vector s, the teacher's t of the same view, and entries u = (t, queue rows):
 *
 * <pre>  y = softmax(t·u / T_teacher),  p = softmax(s·u / T_student),  L = -Σ_j y_j log p_j</pre>
 *
 * averaged over the batch. The sum over the queue is needed twice as a mean of its rows, ū = Σ y_j
 * u_j and p̄ = Σ p_j u_j: L = log Σ exp(s·u/T) - s·ū/T, and ∂L/∂s = (p̄ - ū)/T. Exponents are
 * shifted by their bound 1/T, which the anchor's own entry attains in y, so that a teacher's
 * temperature of 1e-4 neither overflows nor leaves nothing.
 *
 * <p>Confined to the training thread; the queue stays its owner's.
 */
public final class SeedLoss {
  /** Below this exp(-2/T) leaves the normal range of float32. */
  static final float LOWEST_TEMPERATURE = 0.025f;

  private final NegativeQueue queue;
  private final int dimension;
  private final float student;
  private final float teacher;

  /**
   * @param student temperature of p, from 0.025
   * @param teacher temperature of y, above 0
   */
  public SeedLoss(NegativeQueue queue, float student, float teacher) {
    if (!(student >= LOWEST_TEMPERATURE && student <= 100)) {
      throw new IllegalArgumentException(
          "temperature " + student + "; valid: " + LOWEST_TEMPERATURE + " to 100");
    }
    if (!(teacher > 0 && teacher <= 100)) {
      throw new IllegalArgumentException(
          "teacher temperature " + teacher + "; valid: above 0, to 100");
    }
    this.queue = queue;
    this.dimension = queue.dimension();
    this.student = student;
    this.teacher = teacher;
  }

  /**
   * The loss.
   *
   * @param raw [batch, dimension] the student's outputs, not normalised
   * @param targets [batch, dimension] unit rows, the teacher's embeddings of the same views
   */
  public TermResult of(float[] raw, float[] targets) {
    if (raw.length == 0 || raw.length % dimension != 0 || targets.length != raw.length) {
      throw new IllegalArgumentException(
          "outputs and targets of "
              + raw.length
              + " and "
              + targets.length
              + " values; valid: as many rows of "
              + dimension
              + " in each");
    }
    UnitOutputs outputs = new UnitOutputs(raw, dimension);
    Attention seen = queue.attend(outputs.rows(), student);
    Attention wanted = queue.attend(targets, teacher);
    float[] gradient = new float[raw.length];
    double[] direction = new double[dimension];
    double loss = 0;
    for (int row = 0; row < outputs.batch(); row++) {
      int at = row * dimension;
      double own = Math.exp((outputs.dot(row, targets) - 1) / student);
      double total = own + seen.sums()[row];
      double ownWanted = Math.exp((squares(targets, at) - 1) / teacher);
      double totalWanted = ownWanted + wanted.sums()[row];
      double alongTarget = 0;
      for (int i = 0; i < dimension; i++) {
        double target = (ownWanted * targets[at + i] + wanted.vectors()[at + i]) / totalWanted;
        double mean = (own * targets[at + i] + seen.vectors()[at + i]) / total;
        direction[i] = mean - target;
        alongTarget += target * outputs.rows()[at + i];
      }
      loss += Math.log(total) - (alongTarget - 1) / student;
      outputs.back(row, direction, 1.0 / student / outputs.batch(), gradient);
    }
    return new TermResult(loss / outputs.batch(), gradient);
  }

  private double squares(float[] rows, int at) {
    double sum = 0;
    for (int i = at; i < at + dimension; i++) {
      sum += (double) rows[i] * rows[i];
    }
    return sum;
  }
}
