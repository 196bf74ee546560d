package io.bagpipe.model.eval;

import java.util.List;
import java.util.Random;

/**
 * Features in the plane of their first two principal components, of unit rows, for a picture. The
 * axes are found by power iteration; each points where its largest value is positive.
 */
public final class PrincipalPlane {
  private static final int ITERATIONS = 60;

  private PrincipalPlane() {}

  /** [rows][2]. */
  public static double[][] of(FeatureTable table) {
    List<float[]> unit = table.rows().stream().map(FeatureRows::unit).toList();
    int dimension = table.dimension();
    double[] mean = new double[dimension];
    for (float[] row : unit) {
      for (int i = 0; i < dimension; i++) {
        mean[i] += row[i] / (double) unit.size();
      }
    }
    Random random = new Random(1);
    double[] first = random.doubles(dimension, -1, 1).toArray();
    double[] second = random.doubles(dimension, -1, 1).toArray();
    normalise(first);
    for (int i = 0; i < ITERATIONS; i++) {
      first = covarianceTimes(unit, mean, first);
      normalise(first);
      second = covarianceTimes(unit, mean, second);
      double along = dot(second, first);
      for (int j = 0; j < dimension; j++) {
        second[j] -= along * first[j];
      }
      normalise(second);
    }
    double[][] placed = new double[unit.size()][];
    for (int i = 0; i < placed.length; i++) {
      double[] centred = centred(unit.get(i), mean);
      placed[i] = new double[] {dot(centred, first), dot(centred, second)};
    }
    return placed;
  }

  private static double[] covarianceTimes(List<float[]> rows, double[] mean, double[] axis) {
    double[] product = new double[axis.length];
    for (float[] row : rows) {
      double[] centred = centred(row, mean);
      double along = dot(centred, axis);
      for (int i = 0; i < product.length; i++) {
        product[i] += along * centred[i];
      }
    }
    return product;
  }

  private static double[] centred(float[] row, double[] mean) {
    double[] centred = new double[mean.length];
    for (int i = 0; i < centred.length; i++) {
      centred[i] = row[i] - mean[i];
    }
    return centred;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** To length one, the largest value positive; zeros stay, of features that are all alike. */
  private static void normalise(double[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    double largest = 0;
    for (double value : vector) {
      largest = Math.abs(value) > Math.abs(largest) ? value : largest;
    }
    double factor = length > 1e-300 ? Math.copySign(1 / length, largest) : 0;
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= factor;
    }
  }
}
