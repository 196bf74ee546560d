package io.bagpipe.model.index;

import io.bagpipe.model.index.VectorRejectedException.Reason;

/**
 * What a vector must be to stand in the window, and the arithmetic its similarity is defined by.
 */
final class Vectors {
  /** How far the Euclidean norm may be from 1: float32 normalisation is well within. */
  static final double UNIT_TOLERANCE = 1e-3;

  private Vectors() {}

  /** Refuses a vector that is not of the given dimension, finite and of unit length. */
  static void check(float[] vector, int dimension, int position) {
    if (vector.length != dimension) {
      throw new VectorRejectedException(
          Reason.WRONG_LENGTH,
          position,
          "vector " + position + " has " + vector.length + " values, wanted " + dimension);
    }
    double norm = norm(vector);
    if (!(norm < Double.POSITIVE_INFINITY)) {
      throw new VectorRejectedException(
          Reason.NOT_FINITE, position, "vector " + position + " holds values that are not finite");
    }
    if (norm == 0) {
      throw new VectorRejectedException(
          Reason.ZERO, position, "vector " + position + " is zero, wanted a unit vector");
    }
    if (Math.abs(norm - 1) > UNIT_TOLERANCE) {
      throw new VectorRejectedException(
          Reason.NOT_UNIT,
          position,
          "vector " + position + " has length " + norm + ", wanted 1 within " + UNIT_TOLERANCE);
    }
  }

  static double norm(float[] vector) {
    double sum = 0;
    for (float value : vector) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  /**
   * The similarity: products of float32 values (exact in float64) summed in float64, value i into
   * partial sum i mod 4, then (0 + 1) + (2 + 3). The order is part of the definition, so that every
   * machine and every layout gets the same bits.
   */
  static double dot(float[] a, float[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (int end = a.length & ~3; i < end; i += 4) {
      s0 += (double) a[i] * b[i];
      s1 += (double) a[i + 1] * b[i + 1];
      s2 += (double) a[i + 2] * b[i + 2];
      s3 += (double) a[i + 3] * b[i + 3];
    }
    if (i < a.length) {
      s0 += (double) a[i] * b[i];
    }
    if (i + 1 < a.length) {
      s1 += (double) a[i + 1] * b[i + 1];
    }
    if (i + 2 < a.length) {
      s2 += (double) a[i + 2] * b[i + 2];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
