package io.bagpipe.model.engine.onednn;

/**
 * The matrices of the minimal filtering algorithm F(4, 3): four outputs of a filter of three taps
 * from six inputs with six multiplications instead of twelve, as Aᵀ((G w) ⊙ (Bᵀ d)); nested in two
 * dimensions, 36 instead of 144 for 4×4 outputs (Lavin and Gray, "Fast Algorithms for Convolutional
 * Neural Networks", CVPR 2016). They are Cook and Toom's construction on the points 0, 1, -1, 1/2,
 * -2 and infinity, whose rounding error in float32 is a third of that of 0, ±1, ±2 (Barabasz et
 * al., "Error Analysis and Improving the Accuracy of Winograd Convolution", TOMS 2020).
 */
final class WinogradMatrices {
  /** Outputs a tile and dimension. */
  static final int OUTPUTS = 4;

  /** Taps of the filter. */
  static final int TAPS = 3;

  /** Inputs a tile and dimension, and products. */
  static final int INPUTS = OUTPUTS + TAPS - 1;

  private static final double[] POINTS = {0, 1, -1, 0.5, -2};

  private WinogradMatrices() {}

  /** Bᵀ [6, 6]: the input's. Row j holds the coefficients of ∏(x - pₖ), k ≠ j. */
  static double[][] input() {
    double[][] matrix = new double[INPUTS][INPUTS];
    for (int row = 0; row < INPUTS; row++) {
      double[] product = {1};
      for (int k = 0; k < POINTS.length; k++) {
        if (k != row) {
          product = timesRoot(product, POINTS[k]);
        }
      }
      System.arraycopy(product, 0, matrix[row], 0, product.length);
    }
    return matrix;
  }

  private static double[] timesRoot(double[] polynomial, double root) {
    double[] product = new double[polynomial.length + 1];
    for (int i = 0; i < polynomial.length; i++) {
      product[i + 1] += polynomial[i];
      product[i] -= root * polynomial[i];
    }
    return product;
  }

  /** G [6, 3]: the filter's. Its values at the points, divided by what {@link #input} leaves. */
  static double[][] filter() {
    double[][] matrix = new double[INPUTS][TAPS];
    for (int row = 0; row < POINTS.length; row++) {
      double divisor = 1;
      for (int k = 0; k < POINTS.length; k++) {
        divisor *= k == row ? 1 : POINTS[row] - POINTS[k];
      }
      for (int tap = 0; tap < TAPS; tap++) {
        matrix[row][tap] = Math.pow(POINTS[row], tap) / divisor;
      }
    }
    matrix[INPUTS - 1][TAPS - 1] = 1;
    return matrix;
  }

  /** Aᵀ [4, 6]: the output's. */
  static double[][] output() {
    double[][] matrix = new double[OUTPUTS][INPUTS];
    for (int row = 0; row < OUTPUTS; row++) {
      for (int k = 0; k < POINTS.length; k++) {
        matrix[row][k] = Math.pow(POINTS[k], row);
      }
    }
    matrix[OUTPUTS - 1][INPUTS - 1] = 1;
    return matrix;
  }

  static double[][] transposed(double[][] matrix) {
    double[][] result = new double[matrix[0].length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[i].length; j++) {
        result[j][i] = matrix[i][j];
      }
    }
    return result;
  }

  /**
   * The filter's transform of both dimensions, G ⊗ G.
   *
   * @param turned of the filter turned by half a turn, as the gradient of the input wants it
   * @return [36, 9] row major
   */
  static float[] filterPairs(boolean turned) {
    double[][] one = filter();
    int taps = TAPS * TAPS;
    float[] pairs = new float[INPUTS * INPUTS * taps];
    for (int row = 0; row < INPUTS * INPUTS; row++) {
      for (int tap = 0; tap < taps; tap++) {
        double value = one[row / INPUTS][tap / TAPS] * one[row % INPUTS][tap % TAPS];
        pairs[row * taps + (turned ? taps - 1 - tap : tap)] = (float) value;
      }
    }
    return pairs;
  }
}
