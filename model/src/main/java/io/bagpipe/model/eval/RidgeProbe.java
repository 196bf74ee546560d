package io.bagpipe.model.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The fast linear probe: a linear layer on frozen features, standardised by dimension, that takes
 * the targets ±1 of each class by least squares with a penalty of {@value #ALPHA} on the squared
 * weights; in closed form, while the features go by. Of n features of d values it keeps d² sums and
 * takes n·d²/2 + d³/6 multiply-adds in double precision, the same bits every time. Equals
 * scikit-learn's {@code make_pipeline(StandardScaler(), RidgeClassifier(alpha=1))}. Not
 * thread-safe.
 */
final class RidgeProbe {
  private static final double ALPHA = 1;

  /** Rows whose products are added at once: a line of the sums then stays in the cache. */
  private static final int BLOCK = 32;

  private final int dimension;
  private final double[][] products;
  private final double[] sums;
  private final List<double[]> sumsByClass = new ArrayList<>();
  private final List<long[]> countsByClass = new ArrayList<>();
  private final double[][] block;
  private int waiting;
  private long count;

  RidgeProbe(int dimension) {
    this.dimension = dimension;
    this.products = new double[dimension][dimension];
    this.sums = new double[dimension];
    this.block = new double[BLOCK][dimension];
  }

  /** Takes a feature of a class, 0 or more. */
  void add(float[] row, int label) {
    while (sumsByClass.size() <= label) {
      sumsByClass.add(new double[dimension]);
      countsByClass.add(new long[1]);
    }
    double[] ofClass = sumsByClass.get(label);
    double[] copy = block[waiting++];
    for (int i = 0; i < dimension; i++) {
      copy[i] = row[i];
      sums[i] += row[i];
      ofClass[i] += row[i];
    }
    countsByClass.get(label)[0]++;
    count++;
    if (waiting == BLOCK) {
      multiply();
    }
  }

  /** The upper triangle of Xᵀ X. */
  private void multiply() {
    for (int i = 0; i < dimension; i++) {
      double[] line = products[i];
      for (int row = 0; row < waiting; row++) {
        double factor = block[row][i];
        double[] values = block[row];
        if (factor != 0) {
          for (int j = i; j < dimension; j++) {
            line[j] += factor * values[j];
          }
        }
      }
    }
    waiting = 0;
  }

  /** The layer, once all features have been added. */
  LinearClassifier solve() {
    multiply();
    double[] mean = new double[dimension];
    double[] scale = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      mean[i] = sums[i] / count;
      double variance = products[i][i] / count - mean[i] * mean[i];
      // what is constant but for rounding says nothing
      boolean constant = variance <= 1e-12 * products[i][i] / count;
      scale[i] = constant ? Double.POSITIVE_INFINITY : Math.sqrt(variance);
    }
    double[][] factor = factor(mean, scale);
    double[][] weights = new double[sumsByClass.size()][dimension];
    double[] bias = new double[weights.length];
    for (int label = 0; label < weights.length; label++) {
      long of = countsByClass.get(label)[0];
      double balance = 2.0 * of - count;
      for (int i = 0; i < dimension; i++) {
        weights[label][i] =
            (2 * sumsByClass.get(label)[i] - sums[i] - mean[i] * balance) / scale[i];
      }
      Cholesky.solve(factor, weights[label]);
      bias[label] = of == 0 ? Double.NEGATIVE_INFINITY : balance / count;
    }
    return new LinearClassifier(weights, bias).unstandardised(mean, scale);
  }

  /** Of the standardised features' products, the penalty on the diagonal. */
  private double[][] factor(double[] mean, double[] scale) {
    double[][] matrix = new double[dimension][];
    for (int i = 0; i < dimension; i++) {
      matrix[i] = Arrays.copyOf(products[i], dimension);
      for (int j = i; j < dimension; j++) {
        matrix[i][j] = (matrix[i][j] - count * mean[i] * mean[j]) / scale[i] / scale[j];
      }
      matrix[i][i] += ALPHA;
    }
    Cholesky.factor(matrix);
    return matrix;
  }
}
