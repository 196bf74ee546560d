package io.bagpipe.model.objective.coss;

import io.bagpipe.model.objective.Cosine;
import io.bagpipe.model.objective.TermResult;

/**
 * L = -(l₀ C + l₁ X) / (T_student T_teacher), with C the mean cosine of matching rows (feature
 * similarity) and X that of matching columns (space similarity) of the student's and the teacher's
 * matrix of one pass (authors' code: {@code losses.py}; the paper has L_co + λ L_ss). The
 * temperatures belong to no softmax: together they are a factor. Nothing is normalised. Immutable.
 *
 * @param feature l₀
 * @param space l₁
 * @param factor 1 / (T_student T_teacher)
 */
public record CossLoss(double feature, double space, double factor) {

  /**
   * A loss and its two parts, which hold the factor but not the weights.
   *
   * @param feature -C · factor
   * @param space -X · factor
   */
  public record Parts(double feature, double space, TermResult sum) {}

  /**
   * The loss.
   *
   * @param raw [rows, dimension] the student's outputs, of anchors and neighbours alike
   * @param targets [rows, dimension] the teacher's of the same views
   */
  public Parts of(float[] raw, float[] targets, int dimension) {
    Cosine rows = Cosine.ofRows(raw, targets, dimension);
    Cosine columns = Cosine.ofColumns(raw, targets, dimension);
    float[] gradient = new float[raw.length];
    for (int i = 0; i < raw.length; i++) {
      double along = feature * rows.gradient()[i] + space * columns.gradient()[i];
      gradient[i] = (float) (-factor * along);
    }
    double co = -factor * rows.value();
    double ss = -factor * columns.value();
    return new Parts(co, ss, new TermResult(feature * co + space * ss, gradient));
  }
}
