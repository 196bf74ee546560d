package io.bagpipe.model.eval;

import java.util.Arrays;

/**
 * Eigenvalues of a real symmetric matrix in double precision: Householder's reduction to
 * tridiagonal form, then bisection on Sturm sequences (Golub and Van Loan, Matrix Computations, 8.3
 * and 8.4).
 */
final class SymmetricEigenvalues {
  private static final int BISECTIONS = 60;

  private SymmetricEigenvalues() {}

  /**
   * The eigenvalues, ascending.
   *
   * @param matrix [n][n], both triangles; destroyed
   */
  static double[] of(double[][] matrix) {
    int n = matrix.length;
    double[] diagonal = new double[n];
    double[] beside = new double[n];
    reduce(matrix, diagonal, beside);

    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      double radius = (i > 0 ? Math.abs(beside[i - 1]) : 0) + (i < n - 1 ? Math.abs(beside[i]) : 0);
      low = Math.min(low, diagonal[i] - radius);
      high = Math.max(high, diagonal[i] + radius);
    }
    double smallest = Math.max(Math.abs(low), Math.abs(high)) * 1e-300 + Double.MIN_NORMAL;
    double[] values = new double[n];
    for (int k = 0; k < n; k++) {
      double below = k == 0 ? low : Math.max(low, values[k - 1]);
      double above = high;
      for (int i = 0; i < BISECTIONS && above > below; i++) {
        double middle = below + (above - below) / 2;
        if (countBelow(diagonal, beside, middle, smallest) > k) {
          above = middle;
        } else {
          below = middle;
        }
      }
      values[k] = below + (above - below) / 2;
    }
    return values;
  }

  /** How many eigenvalues of the tridiagonal matrix are smaller than x. */
  private static int countBelow(double[] diagonal, double[] beside, double x, double smallest) {
    int count = 0;
    double pivot = 1;
    for (int i = 0; i < diagonal.length; i++) {
      double square = i == 0 ? 0 : beside[i - 1] * beside[i - 1];
      pivot = diagonal[i] - x - square / pivot;
      if (Math.abs(pivot) < smallest) {
        pivot = -smallest;
      }
      if (pivot < 0) {
        count++;
      }
    }
    return count;
  }

  private static void reduce(double[][] a, double[] diagonal, double[] beside) {
    int n = a.length;
    double[] v = new double[n];
    double[] w = new double[n];
    for (int k = 0; k < n - 2; k++) {
      double squares = 0;
      for (int i = k + 1; i < n; i++) {
        v[i] = a[k][i];
        squares += v[i] * v[i];
      }
      diagonal[k] = a[k][k];
      double length = Math.sqrt(squares);
      double alpha = v[k + 1] > 0 ? -length : length;
      beside[k] = alpha;
      v[k + 1] -= alpha;
      double vv = squares - 2 * alpha * a[k][k + 1] + alpha * alpha;
      if (vv <= 0) {
        continue;
      }
      reflect(a, v, w, k + 1, 2 / vv);
    }
    if (n > 1) {
      diagonal[n - 2] = a[n - 2][n - 2];
      beside[n - 2] = a[n - 2][n - 1];
    }
    diagonal[n - 1] = a[n - 1][n - 1];
  }

  /** H a H with H = 1 - beta v vᵀ, on the rows and columns from {@code from}. */
  private static void reflect(double[][] a, double[] v, double[] w, int from, double beta) {
    int n = a.length;
    Arrays.fill(w, from, n, 0);
    for (int i = from; i < n; i++) {
      double[] row = a[i];
      double factor = beta * v[i];
      for (int j = from; j < n; j++) {
        w[j] += factor * row[j];
      }
    }
    double vw = 0;
    for (int i = from; i < n; i++) {
      vw += v[i] * w[i];
    }
    double half = beta / 2 * vw;
    for (int i = from; i < n; i++) {
      w[i] -= half * v[i];
    }
    for (int i = from; i < n; i++) {
      double[] row = a[i];
      double vi = v[i];
      double wi = w[i];
      for (int j = from; j < n; j++) {
        row[j] -= vi * w[j] + wi * v[j];
      }
    }
  }
}
