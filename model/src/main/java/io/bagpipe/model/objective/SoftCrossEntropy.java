package io.bagpipe.model.objective;

/**
 * The cross-entropy of a student's distribution over a queue with a teacher's, and its gradient in
 * closed form. For a student's unit vector s and entries u_j,
 *
 * <pre>  p = softmax(s·u / T),  L = -Σ_j y_j log p_j,  ∂L/∂s = (Σ_j p_j u_j - Σ_j y_j u_j) / T
 * </pre>
 *
 * averaged over the batch; y is whatever the objective takes for its target. The Kullback-Leibler
 * divergence KL(y‖p) is L less the entropy of y and has the same gradient. Stateless.
 */
public final class SoftCrossEntropy {
  private SoftCrossEntropy() {}

  /**
   * The loss.
   *
   * @param seen p, of the unit outputs
   * @param wanted y, over the same entries
   * @param temperature of p
   */
  public static TermResult of(
      UnitOutputs outputs, Distribution seen, Distribution wanted, float temperature) {
    int dimension = seen.dimension();
    float[] gradient = new float[outputs.rows().length];
    double[] direction = new double[dimension];
    double loss = 0;
    for (int row = 0; row < outputs.batch(); row++) {
      for (int i = 0; i < dimension; i++) {
        direction[i] = seen.mean(row, i) - wanted.mean(row, i);
      }
      loss += seen.crossEntropy(wanted, row, outputs.rows(), temperature);
      outputs.back(row, direction, 1.0 / temperature / outputs.batch(), gradient);
    }
    return new TermResult(loss / outputs.batch(), gradient);
  }
}
