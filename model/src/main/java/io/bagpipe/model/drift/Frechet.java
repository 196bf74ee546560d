package io.bagpipe.model.drift;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * The Fréchet distance of two sets of vectors, each taken as a normal distribution (Dowson, Landau
 * 1982; of a network's features: Heusel et al., NIPS 2017): ‖μ₁−μ₂‖² + tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½).
 *
 * <p>With the full covariances over n−1, nothing shrunk or left out, although there are fewer
 * vectors than values: with Σ₁ = AᵀA and Σ₂ = BᵀB, of the centred vectors, tr (Σ₁Σ₂)^½ is the sum
 * of the singular values of ABᵀ, which is as small as the sets are. It is biased upward by what a
 * set's size leaves to chance: compare only distances between sets of equal sizes. Time grows with
 * the cube of the sizes: hundreds of vectors take a moment, thousands minutes.
 */
public final class Frechet {
  private Frechet() {}

  /**
   * The squared distance, 0 or more.
   *
   * @param a at least two vectors
   * @param b at least two vectors, of as many values
   */
  public static double distance(float[][] a, float[][] b) {
    double[] meanA = mean(a);
    double[] meanB = mean(b);
    double[][] rootA = root(a, meanA);
    double[][] rootB = root(b, meanB);
    double[][] product = new double[a.length][b.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b.length; j++) {
        product[i][j] = dot(rootA[i], rootB[j]);
      }
    }
    double shared = 0;
    var matrix = new Array2DRowRealMatrix(product, false);
    for (double value : new SingularValueDecomposition(matrix).getSingularValues()) {
      shared += value;
    }
    double distance =
        Reference.squaredDistance(meanA, meanB) + trace(rootA) + trace(rootB) - 2 * shared;
    return Math.max(0, distance); // rounding
  }

  private static double[] mean(float[][] rows) {
    if (rows.length < 2) {
      throw new IllegalArgumentException("a set of " + rows.length + " vectors, wanted two");
    }
    double[] mean = new double[rows[0].length];
    for (float[] row : rows) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j] / (double) rows.length;
      }
    }
    return mean;
  }

  /** Centred and scaled so that its product with itself is the covariance. */
  private static double[][] root(float[][] rows, double[] mean) {
    double scale = 1 / Math.sqrt(rows.length - 1.0);
    double[][] root = new double[rows.length][mean.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < mean.length; j++) {
        root[i][j] = scale * (rows[i][j] - mean[j]);
      }
    }
    return root;
  }

  private static double trace(double[][] root) {
    double sum = 0;
    for (double[] row : root) {
      sum += dot(row, row);
    }
    return sum;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }
}
