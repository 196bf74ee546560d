package io.bagpipe.model.eval;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.global.dnnl.status;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The k nearest rows of a bank by cosine similarity, exact: blocks of queries against the whole
 * bank in one matrix product each. Ties go to the lower row of the bank.
 *
 * @param k neighbours a query
 * @param ids [queries, k] rows of the bank, nearest first
 * @param similarities [queries, k] cosines
 */
record Neighbours(int k, int[] ids, float[] similarities) {
  private static final int BLOCK = 64;

  /**
   * Searches.
   *
   * @param bank [n, dimension], any length but zero
   * @param queries [m, dimension]
   * @param others true: the queries are the bank, and no row is its own neighbour
   */
  static Neighbours search(float[] bank, float[] queries, int dimension, int k, boolean others) {
    int rows = bank.length / dimension;
    int count = queries.length / dimension;
    if (k < 1 || k > rows - (others ? 1 : 0)) {
      throw new IllegalArgumentException(
          k + " neighbours in a bank of " + rows + "; valid: 1 to as many as there are to find");
    }
    Neighbours found = new Neighbours(k, new int[count * k], new float[count * k]);
    float[] unitQueries = unitRows(queries, dimension);
    float[] products = new float[BLOCK * rows];
    try (FloatPointer nativeBank = new FloatPointer(unitRows(bank, dimension));
        FloatPointer nativeBlock = new FloatPointer((long) BLOCK * dimension);
        FloatPointer nativeProducts = new FloatPointer((long) BLOCK * rows)) {
      for (int from = 0; from < count; from += BLOCK) {
        int taken = Math.min(BLOCK, count - from);
        nativeBlock.put(unitQueries, from * dimension, taken * dimension);
        multiply(nativeBlock, taken, nativeBank, rows, dimension, nativeProducts);
        nativeProducts.get(products, 0, taken * rows);
        for (int query = 0; query < taken; query++) {
          found.select(from + query, products, query * rows, rows, others ? from + query : -1);
        }
      }
    }
    return found;
  }

  private static void multiply(
      FloatPointer a, int rowsA, FloatPointer b, int rowsB, int dimension, FloatPointer product) {
    status result =
        dnnl.sgemm(
            (byte) 'N',
            (byte) 'T',
            rowsA,
            rowsB,
            dimension,
            1f,
            a,
            dimension,
            b,
            dimension,
            0f,
            product,
            rowsB);
    if (result.intern() != status.success) {
      throw new IllegalStateException("oneDNN matrix product failed: " + result);
    }
  }

  /** Insertion into the k best so far; nearly every candidate fails the first comparison. */
  private void select(int query, float[] products, int at, int rows, int excluded) {
    int first = query * k;
    int held = 0;
    for (int row = 0; row < rows; row++) {
      float similarity = products[at + row];
      if ((held == k && !(similarity > similarities[first + k - 1])) || row == excluded) {
        continue;
      }
      int place = first + Math.min(held, k - 1);
      while (place > first && similarities[place - 1] < similarity) {
        similarities[place] = similarities[place - 1];
        ids[place] = ids[place - 1];
        place--;
      }
      similarities[place] = similarity;
      ids[place] = row;
      held = Math.min(held + 1, k);
    }
  }

  /** A copy with rows of length one; a row of zeros stays. */
  static float[] unitRows(float[] rows, int dimension) {
    float[] unit = new float[rows.length];
    for (int at = 0; at < rows.length; at += dimension) {
      double squares = 0;
      for (int i = at; i < at + dimension; i++) {
        squares += (double) rows[i] * rows[i];
      }
      float scale = (float) (1 / Math.max(Math.sqrt(squares), 1e-12));
      for (int i = at; i < at + dimension; i++) {
        unit[i] = rows[i] * scale;
      }
    }
    return unit;
  }
}
