package io.bagpipe.model.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Features as rows, an array each: however many there are, no one array must hold them. */
final class FeatureRows {
  private FeatureRows() {}

  /**
   * The rows of a matrix.
   *
   * @param matrix [count, dimension]
   */
  static List<float[]> of(float[] matrix, int dimension) {
    List<float[]> rows = new ArrayList<>(matrix.length / dimension);
    for (int at = 0; at < matrix.length; at += dimension) {
      rows.add(Arrays.copyOfRange(matrix, at, at + dimension));
    }
    return rows;
  }

  /** A copy of length one; a row of zeros stays. */
  static float[] unit(float[] row) {
    double squares = 0;
    for (float value : row) {
      squares += (double) value * value;
    }
    float scale = (float) (1 / Math.max(Math.sqrt(squares), 1e-12));
    float[] unit = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      unit[i] = row[i] * scale;
    }
    return unit;
  }
}
