package io.bagpipe.model.teacher;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One of a teacher's outputs, gathered into rows of unit length. A row that has no direction, being
 * of length 0 or not finite, is refused and stays zero. Confined to one thread, and whoever asked
 * for them owns them.
 */
public final class UnitRows {
  private static final double SHORTEST = 1e-12;

  private final String output;
  private final int dimension;
  private final float[] rows;
  private final SortedMap<Integer, String> refused = new TreeMap<>();

  /**
   * @param output its name, for people
   * @param count rows
   */
  public UnitRows(String output, int count, int dimension) {
    this.output = output;
    this.dimension = dimension;
    this.rows = new float[Math.multiplyExact(count, dimension)];
  }

  /** Takes a row as the network gave it. */
  public void take(int row, float[] from, int at) {
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      squares += (double) from[at + i] * from[at + i];
    }
    double length = Math.sqrt(squares);
    if (!(length > SHORTEST && Double.isFinite(length))) {
      refuse(
          row,
          "the teacher's "
              + output
              + " has length "
              + length
              + "; needed: a vector that has a direction");
      return;
    }
    for (int i = 0; i < dimension; i++) {
      rows[row * dimension + i] = (float) (from[at + i] / length);
    }
  }

  /** Leaves a row zero. */
  void refuse(int row, String why) {
    refused.put(row, why);
  }

  /** [count, dimension]; not a copy. */
  public float[] rows() {
    return rows;
  }

  /** Why, by row. */
  public SortedMap<Integer, String> refused() {
    return refused;
  }
}
