package io.bagpipe.model.engine;

import java.util.Random;

/** Sums in float64, and draws. */
final class Vectors {
  private Vectors() {}

  static double product(float[] left, float[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += (double) left[i] * right[i];
    }
    return sum;
  }

  static double norm(float[] values) {
    return Math.sqrt(product(values, values));
  }

  static float[] gaussian(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** [count, dimension] unit rows. */
  static float[] unitRows(Random random, int count, int dimension) {
    float[] rows = gaussian(random, count * dimension);
    for (int row = 0; row < count; row++) {
      double squares = 0;
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        squares += (double) rows[i] * rows[i];
      }
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        rows[i] = (float) (rows[i] / Math.sqrt(squares));
      }
    }
    return rows;
  }

  static byte[] bytes(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
