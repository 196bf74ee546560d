package io.bagpipe.model.objective;

/**
 * A batch of student outputs scaled to unit length, and the way back of a gradient through that:
 * P(g) = (g - (g·ŝ)ŝ) / ‖s‖.
 */
public final class UnitOutputs {
  private static final double SHORTEST = 1e-12;

  private final int dimension;
  private final float[] rows;
  private final double[] lengths;

  /**
   * @param raw [batch, dimension]
   */
  public UnitOutputs(float[] raw, int dimension) {
    this.dimension = dimension;
    this.rows = new float[raw.length];
    this.lengths = new double[raw.length / dimension];
    for (int row = 0; row < lengths.length; row++) {
      double squares = 0;
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        squares += (double) raw[i] * raw[i];
      }
      lengths[row] = Math.max(Math.sqrt(squares), SHORTEST);
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        rows[i] = (float) (raw[i] / lengths[row]);
      }
    }
  }

  /**
   * A student's outputs, once it is sure that there are as many teacher's rows.
   *
   * @param raw [batch, dimension], not normalised
   * @param rows [batch, dimension]
   */
  public static UnitOutputs beside(float[] raw, float[] rows, int dimension) {
    requireBeside(raw, rows, dimension);
    return new UnitOutputs(raw, dimension);
  }

  /**
   * @throws IllegalArgumentException unless both are as many whole rows, one or more
   */
  static void requireBeside(float[] raw, float[] rows, int dimension) {
    if (raw.length == 0 || raw.length % dimension != 0 || rows.length != raw.length) {
      throw new IllegalArgumentException(
          "outputs and targets of "
              + raw.length
              + " and "
              + rows.length
              + " values; valid: as many rows of "
              + dimension
              + " in each");
    }
  }

  /** Rows. */
  public int batch() {
    return lengths.length;
  }

  /** [batch, dimension] unit rows; not to be changed. */
  public float[] rows() {
    return rows;
  }

  /** The product of a row with a row of another matrix of the same shape. */
  public double dot(int row, float[] other) {
    double sum = 0;
    for (int i = row * dimension; i < (row + 1) * dimension; i++) {
      sum += (double) rows[i] * other[i];
    }
    return sum;
  }

  /**
   * Writes one row's gradient of the raw outputs.
   *
   * @param direction [dimension] gradient of the unit row
   * @param scale multiplies it
   * @param into [batch, dimension]
   */
  public void back(int row, double[] direction, double scale, float[] into) {
    int at = row * dimension;
    double along = 0;
    for (int i = 0; i < dimension; i++) {
      along += direction[i] * rows[at + i];
    }
    // what points along the student changes only its length
    double share = scale / lengths[row];
    for (int i = 0; i < dimension; i++) {
      into[at + i] = (float) (share * (direction[i] - along * rows[at + i]));
    }
  }
}
