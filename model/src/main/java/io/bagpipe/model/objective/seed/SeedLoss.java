package io.bagpipe.model.objective.seed;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.Distribution;
import io.bagpipe.model.objective.SoftCrossEntropy;
import io.bagpipe.model.objective.Temperatures;
import io.bagpipe.model.objective.TermResult;
import io.bagpipe.model.objective.UnitOutputs;

/**
 * The loss of SEED (authors' code: {@code seed/builder.py}): the {@link SoftCrossEntropy} over
 * entries u = (t, queue rows), t being the teacher's unit vector of the view that the student saw,
 *
 * <pre>  y = softmax(t·u / T_teacher),  p = softmax(s·u / T_student)</pre>
 *
 * averaged over the batch. Exponents are shifted by their bound 1/T, which the anchor's own entry
 * attains in y, so that a teacher's temperature of 1e-4 neither overflows nor leaves nothing.
 *
 * <p>Confined to the training thread; the queue stays its owner's.
 */
public final class SeedLoss {
  private final NegativeQueue queue;
  private final int dimension;
  private final float student;
  private final float teacher;

  /**
   * @param student temperature of p, from 0.025
   * @param teacher temperature of y, above 0
   */
  public SeedLoss(NegativeQueue queue, float student, float teacher) {
    if (!(teacher > 0 && teacher <= Temperatures.HIGHEST)) {
      throw new IllegalArgumentException(
          "teacher temperature " + teacher + "; valid: above 0, to 100");
    }
    this.queue = queue;
    this.dimension = queue.dimension();
    this.student = Temperatures.student(student);
    this.teacher = teacher;
  }

  /**
   * The loss.
   *
   * @param raw [batch, dimension] the student's outputs, not normalised
   * @param targets [batch, dimension] unit rows, the teacher's embeddings of the same views
   */
  public TermResult of(float[] raw, float[] targets) {
    UnitOutputs outputs = UnitOutputs.beside(raw, targets, dimension);
    double[] own = new double[outputs.batch()];
    for (int row = 0; row < own.length; row++) {
      own[row] = Math.exp((outputs.dot(row, targets) - 1) / student);
    }
    return SoftCrossEntropy.of(
        outputs,
        Distribution.over(targets, own, queue.attend(outputs.rows(), student)),
        wanted(targets),
        student);
  }

  /**
   * What the loss cannot fall below: the entropy of y, nats, averaged over the batch.
   *
   * @param targets as of {@link #of}
   */
  public double floor(float[] targets) {
    // rounding, divided by a temperature of 1e-4, may take a little more than there is
    return Math.max(0, wanted(targets).entropy(targets, teacher));
  }

  private Distribution wanted(float[] targets) {
    double[] own = new double[targets.length / dimension];
    for (int row = 0; row < own.length; row++) {
      own[row] = Math.exp((squares(targets, row * dimension) - 1) / teacher);
    }
    return Distribution.over(targets, own, queue.attend(targets, teacher));
  }

  private double squares(float[] rows, int at) {
    double sum = 0;
    for (int i = at; i < at + dimension; i++) {
      sum += (double) rows[i] * rows[i];
    }
    return sum;
  }
}
