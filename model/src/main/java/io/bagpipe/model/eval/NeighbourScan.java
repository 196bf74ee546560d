package io.bagpipe.model.eval;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.global.dnnl.status;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Finds the k nearest rows of a bank by cosine similarity, exact, while the bank goes by: it is
 * gathered in tiles, and each tile is multiplied with blocks of queries. What is kept is a tile and
 * what is nearest so far. Ties go to the earlier row. Not thread-safe; whoever makes it closes it.
 */
final class NeighbourScan implements AutoCloseable {
  private static final int BLOCK = 64;
  private static final int MOST_TILE_ROWS = 1 << 16;
  private static final long MOST_TILE_VALUES = 1L << 25;

  private final List<float[]> queries;
  private final int dimension;
  private final int k;
  private final boolean others;
  private final int[] ids;
  private final float[] similarities;
  private final int[] held;
  private final int tileRows;
  private final FloatPointer tile;
  private final FloatPointer block;
  private final FloatPointer products;
  private final float[] copied;
  private int rows;
  private int before;

  /**
   * A scan.
   *
   * @param queries [m] rows of this dimension, of any length; not copied
   * @param k most neighbours a query
   * @param others true: the queries are the bank, and no row is its own neighbour
   * @param tileRows rows multiplied at once, see {@link #tileRows}
   */
  NeighbourScan(List<float[]> queries, int dimension, int k, boolean others, int tileRows) {
    this.queries = queries;
    this.dimension = dimension;
    this.k = k;
    this.others = others;
    this.tileRows = tileRows;
    ids = new int[Math.multiplyExact(queries.size(), k)];
    similarities = new float[ids.length];
    held = new int[queries.size()];
    copied = new float[BLOCK * tileRows];
    tile = new FloatPointer((long) tileRows * dimension);
    block = new FloatPointer((long) BLOCK * dimension);
    products = new FloatPointer((long) BLOCK * tileRows);
  }

  /** Rows of a tile for a bank of so many: at most 128 MiB, and products of 16 MiB. */
  static int tileRows(int bank, int dimension) {
    long most = Math.min(MOST_TILE_ROWS, Math.max(1, MOST_TILE_VALUES / dimension));
    return (int) Math.max(1, Math.min(bank, most));
  }

  /** Takes the next row of the bank, of any length but zero. */
  void add(float[] row) {
    int at = rows - before;
    tile.position((long) at * dimension).put(FeatureRows.unit(row), 0, dimension);
    tile.position(0);
    rows++;
    if (at + 1 == tileRows) {
      search();
    }
  }

  private void search() {
    int count = rows - before;
    for (int from = 0; from < queries.size() && count > 0; from += BLOCK) {
      int taken = Math.min(BLOCK, queries.size() - from);
      for (int i = 0; i < taken; i++) {
        block
            .position((long) i * dimension)
            .put(FeatureRows.unit(queries.get(from + i)), 0, dimension);
      }
      block.position(0);
      multiply(taken, count);
      products.get(copied, 0, taken * count);
      for (int i = 0; i < taken; i++) {
        select(from + i, i * count, count);
      }
    }
    before = rows;
  }

  private void multiply(int rowsA, int rowsB) {
    status result =
        dnnl.sgemm(
            (byte) 'N',
            (byte) 'T',
            rowsA,
            rowsB,
            dimension,
            1f,
            block,
            dimension,
            tile,
            dimension,
            0f,
            products,
            rowsB);
    if (result.intern() != status.success) {
      throw new IllegalStateException("oneDNN matrix product failed: " + result);
    }
  }

  /** Insertion into the k best so far; nearly every candidate fails the first comparison. */
  private void select(int query, int at, int count) {
    int first = query * k;
    int has = held[query];
    for (int row = 0; row < count; row++) {
      float similarity = copied[at + row];
      if ((has == k && !(similarity > similarities[first + k - 1]))
          || (others && before + row == query)) {
        continue;
      }
      int place = first + Math.min(has, k - 1);
      while (place > first && similarities[place - 1] < similarity) {
        similarities[place] = similarities[place - 1];
        ids[place] = ids[place - 1];
        place--;
      }
      similarities[place] = similarity;
      ids[place] = before + row;
      has = Math.min(has + 1, k);
    }
    held[query] = has;
  }

  /** What was found, once all of the bank has gone by; of a smaller bank than k, all of it. */
  Neighbours end() {
    search();
    int found = Math.min(k, rows - (others ? 1 : 0));
    if (found == k) {
      return new Neighbours(k, ids, similarities);
    }
    Neighbours fewer =
        new Neighbours(found, new int[queries.size() * found], new float[queries.size() * found]);
    for (int query = 0; query < queries.size(); query++) {
      System.arraycopy(ids, query * k, fewer.ids(), query * found, found);
      System.arraycopy(similarities, query * k, fewer.similarities(), query * found, found);
    }
    return fewer;
  }

  @Override
  public void close() {
    for (FloatPointer memory : Arrays.asList(tile, block, products)) {
      memory.close();
    }
  }
}
