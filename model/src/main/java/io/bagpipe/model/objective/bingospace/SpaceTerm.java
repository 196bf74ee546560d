package io.bagpipe.model.objective.bingospace;

import io.bagpipe.model.objective.Cosine;
import io.bagpipe.model.objective.TermResult;
import io.bagpipe.model.objective.UnitOutputs;
import java.util.Arrays;

/**
 * λ · (-X): the space similarity of CoSS beside another loss. X is the mean cosine of matching
 * columns of the student's and the teacher's matrix of one batch, without a temperature. Immutable.
 *
 * @param weight λ
 * @param unitRows whether the student's rows are scaled to unit length before, as the teacher's are
 */
public record SpaceTerm(double weight, boolean unitRows) {

  /**
   * The term.
   *
   * @param raw [batch, dimension] the student's outputs, not normalised
   * @param targets [batch, dimension] the teacher's
   * @return -X, and the gradient of λ times it by the raw outputs
   */
  public TermResult of(float[] raw, float[] targets, int dimension) {
    float[] gradient = new float[raw.length];
    if (!unitRows) {
      Cosine columns = Cosine.ofColumns(raw, targets, dimension);
      for (int i = 0; i < raw.length; i++) {
        gradient[i] = (float) (-weight * columns.gradient()[i]);
      }
      return new TermResult(-columns.value(), gradient);
    }
    UnitOutputs outputs = UnitOutputs.beside(raw, targets, dimension);
    Cosine columns = Cosine.ofColumns(outputs.rows(), targets, dimension);
    for (int row = 0; row < outputs.batch(); row++) {
      int at = row * dimension;
      outputs.back(
          row, Arrays.copyOfRange(columns.gradient(), at, at + dimension), -weight, gradient);
    }
    return new TermResult(-columns.value(), gradient);
  }
}
