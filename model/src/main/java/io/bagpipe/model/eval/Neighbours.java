package io.bagpipe.model.eval;

import java.util.List;

/**
 * The k nearest rows of a bank by cosine similarity, as {@link NeighbourScan} finds them.
 *
 * @param k neighbours a query
 * @param ids [queries, k] rows of the bank, nearest first
 * @param similarities [queries, k] cosines
 */
record Neighbours(int k, int[] ids, float[] similarities) {
  /**
   * Searches a bank that is there as a whole.
   *
   * @param bank [n] rows, any length but zero
   * @param queries [m] rows
   * @param others true: the queries are the bank, and no row is its own neighbour
   */
  static Neighbours search(
      List<float[]> bank, List<float[]> queries, int dimension, int k, boolean others) {
    if (k < 1 || k > bank.size() - (others ? 1 : 0)) {
      throw new IllegalArgumentException(
          k
              + " neighbours in a bank of "
              + bank.size()
              + "; valid: 1 to as many as there are to find");
    }
    int tileRows = NeighbourScan.tileRows(bank.size(), dimension);
    try (NeighbourScan scan = new NeighbourScan(queries, dimension, k, others, tileRows)) {
      bank.forEach(scan::add);
      return scan.end();
    }
  }
}
