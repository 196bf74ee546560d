package io.bagpipe.model.teacher;

import io.bagpipe.model.random.Draw;

/**
 * A fixed linear map of a teacher's features to an embedding of fewer values, the same for the same
 * seed and widths on every machine: rows of a random orthonormal basis (Gaussian draws,
 * orthonormalised by Gram and Schmidt twice, in double), which keeps angles as well as any map that
 * has not seen the data can (Johnson and Lindenstrauss). Arithmetic is Java's own in a fixed order.
 * Immutable; safe to use from any thread.
 */
public final class Projection {
  private final int features;
  private final int values;

  /** [features, values]: a row for each feature, so that the inner loop runs along it. */
  private final float[] matrix;

  private Projection(int features, int values, float[] matrix) {
    this.features = features;
    this.values = values;
    this.matrix = matrix;
  }

  /**
   * Draws a projection.
   *
   * @param features how many a teacher gives
   * @param values of the embedding, at most that
   * @throws TeacherException when there are fewer features than values
   */
  public static Projection orthogonal(long seed, int features, int values) {
    if (values < 1 || values > features) {
      throw new TeacherException(
          "a teacher of "
              + features
              + " features has no projection to "
              + values
              + " values; set train.embedding to at most "
              + features
              + ", or teacher.projection=none");
    }
    double[][] rows = new double[values][features];
    for (int row = 0; row < values; row++) {
      fill(rows[row], Draw.of(seed, row, Draw.Purpose.PROJECTION));
      for (int pass = 0; pass < 2; pass++) {
        for (int before = 0; before < row; before++) {
          subtract(rows[row], rows[before]);
        }
      }
      scale(rows[row], 1 / Math.sqrt(dot(rows[row], rows[row])));
    }
    float[] matrix = new float[Math.multiplyExact(features, values)];
    for (int feature = 0; feature < features; feature++) {
      for (int row = 0; row < values; row++) {
        matrix[feature * values + row] = (float) rows[row][feature];
      }
    }
    return new Projection(features, values, matrix);
  }

  /** Box and Muller's pairs in StrictMath, whose results the JDK fixes. */
  private static void fill(double[] row, Draw draw) {
    for (int i = 0; i < row.length; i += 2) {
      double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - draw.nextDouble()));
      double angle = 2 * StrictMath.PI * draw.nextDouble();
      row[i] = radius * StrictMath.cos(angle);
      if (i + 1 < row.length) {
        row[i + 1] = radius * StrictMath.sin(angle);
      }
    }
  }

  private static void subtract(double[] row, double[] unit) {
    double along = dot(row, unit);
    for (int i = 0; i < row.length; i++) {
      row[i] -= along * unit[i];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void scale(double[] row, double factor) {
    for (int i = 0; i < row.length; i++) {
      row[i] *= factor;
    }
  }

  /** Values of an embedding. */
  public int values() {
    return values;
  }

  /**
   * Projects rows; a row that the teacher refused stays refused, for the same reason.
   *
   * @param rows [count, features] of unit length
   * @return [count, values] of unit length
   */
  UnitRows apply(UnitRows rows, int count) {
    UnitRows projected = new UnitRows("embedding", count, values);
    float[] sum = new float[values];
    for (int row = 0; row < count; row++) {
      String refused = rows.refused().get(row);
      if (refused != null) {
        projected.refuse(row, refused);
        continue;
      }
      java.util.Arrays.fill(sum, 0);
      for (int feature = 0; feature < features; feature++) {
        float factor = rows.rows()[row * features + feature];
        int at = feature * values;
        for (int i = 0; i < values; i++) {
          sum[i] += factor * matrix[at + i];
        }
      }
      projected.take(row, sum, 0);
    }
    return projected;
  }
}
