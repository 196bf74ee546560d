package io.bagpipe.model.eval;

/** A = Uᵀ U for a symmetric, positive definite matrix (Golub and Van Loan, 4.2). */
final class Cholesky {
  private Cholesky() {}

  /**
   * Replaces the upper triangle by U; below it stays what was there.
   *
   * @throws IllegalArgumentException when it is not positive definite
   */
  static void factor(double[][] a) {
    int n = a.length;
    for (int k = 0; k < n; k++) {
      double pivot = Math.sqrt(a[k][k]);
      if (!(pivot > 0)) {
        throw new IllegalArgumentException("not positive definite: row " + k);
      }
      for (int j = k; j < n; j++) {
        a[k][j] /= pivot;
      }
      for (int i = k + 1; i < n; i++) {
        double factor = a[k][i];
        if (factor != 0) {
          for (int j = i; j < n; j++) {
            a[i][j] -= factor * a[k][j];
          }
        }
      }
    }
  }

  /** Replaces b by the solution of A x = b. */
  static void solve(double[][] u, double[] b) {
    int n = b.length;
    for (int i = 0; i < n; i++) {
      b[i] /= u[i][i];
      for (int j = i + 1; j < n; j++) {
        b[j] -= u[i][j] * b[i];
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      double sum = b[i];
      for (int j = i + 1; j < n; j++) {
        sum -= u[i][j] * b[j];
      }
      b[i] = sum / u[i][i];
    }
  }
}
