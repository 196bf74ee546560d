package io.bagpipe.model.objective;

import io.bagpipe.model.engine.Attention;

/**
 * Softmaxes over the rows u_j of a queue, one a row r of the batch, as sums over the queue tell
 * them: the normaliser Z = Σ_j exp((r·u_j - 1)/T) and the mean row Σ_j p_j u_j. Immutable.
 */
public final class Distribution {
  private final int dimension;
  private final double[] totals;
  private final double[] means;

  private Distribution(int dimension, double[] totals, double[] means) {
    this.dimension = dimension;
    this.totals = totals;
    this.means = means;
  }

  /** Over the queue alone. */
  public static Distribution over(Attention queue) {
    int batch = queue.sums().length;
    int dimension = queue.vectors().length / batch;
    return over(queue, dimension, 0, dimension);
  }

  /**
   * Over a queue whose rows have several parts, with the mean of one of them.
   *
   * @param width values of a whole row
   * @param from first value of the part
   * @param dimension values of the part
   */
  public static Distribution over(Attention queue, int width, int from, int dimension) {
    int batch = queue.sums().length;
    double[] totals = new double[batch];
    double[] means = new double[batch * dimension];
    for (int row = 0; row < batch; row++) {
      totals[row] = queue.sums()[row];
      for (int i = 0; i < dimension; i++) {
        means[row * dimension + i] = queue.vectors()[row * width + from + i] / totals[row];
      }
    }
    return new Distribution(dimension, totals, means);
  }

  /**
   * Over an entry of each row's own, and the queue.
   *
   * @param own [batch, dimension] the entries
   * @param weights [batch] exp((r·own - 1)/T)
   */
  public static Distribution over(float[] own, double[] weights, Attention queue) {
    int batch = weights.length;
    int dimension = own.length / batch;
    double[] totals = new double[batch];
    double[] means = new double[own.length];
    for (int row = 0; row < batch; row++) {
      totals[row] = weights[row] + queue.sums()[row];
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        means[i] = (weights[row] * own[i] + queue.vectors()[i]) / totals[row];
      }
    }
    return new Distribution(dimension, totals, means);
  }

  /** Values of a mean row. */
  int dimension() {
    return dimension;
  }

  /** A value of a mean row. */
  double mean(int row, int i) {
    return means[row * dimension + i];
  }

  /**
   * The cross-entropy -Σ_j y_j log p_j of a row, this one being p.
   *
   * @param wanted y, over the same entries
   * @param rows [batch, dimension] what this is the distribution of
   */
  double crossEntropy(Distribution wanted, int row, float[] rows, float temperature) {
    double along = 0;
    for (int i = row * dimension; i < (row + 1) * dimension; i++) {
      along += wanted.means[i] * rows[i];
    }
    return Math.log(totals[row]) - (along - 1) / temperature;
  }

  /**
   * The entropy of each row, nats, averaged over the batch.
   *
   * @param rows [batch, dimension] what this is the distribution of
   */
  public double entropy(float[] rows, float temperature) {
    double sum = 0;
    for (int row = 0; row < totals.length; row++) {
      sum += crossEntropy(this, row, rows, temperature);
    }
    return sum / totals.length;
  }
}
