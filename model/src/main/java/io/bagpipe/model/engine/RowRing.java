package io.bagpipe.model.engine;

import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;

/**
 * What queues of negatives have in common wherever their rows lie: the ring, the rows that it
 * starts with, and what is refused. An heir keeps the rows and takes the product with them. It
 * fills itself by {@link #fill} once it has its memory.
 */
public abstract class RowRing implements NegativeQueue {
  private final int capacity;
  private final int dimension;
  private int position;

  protected RowRing(int capacity, int dimension) {
    if (capacity < 2 || dimension < 1 || (long) capacity * dimension > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "a queue of "
              + capacity
              + " x "
              + dimension
              + " values; valid: from 2 rows, to 2^31 - 65 values in all");
    }
    this.capacity = capacity;
    this.dimension = dimension;
  }

  /** Writes {@code count} rows of {@code source}, which lie from its row {@code sourceRow} on. */
  protected abstract void write(int row, float[] source, int sourceRow, int count);

  /** Reads all rows, in the order in which they lie. */
  protected abstract void read(float[] into);

  /**
   * The product of rows that are as {@link #attend} promises.
   *
   * @param batch rows, 1 or more
   */
  protected abstract Attention product(float[] unitRows, int batch, float temperature);

  /** Random unit vectors; row n is a function of (seed, n), the same in every engine. */
  protected final void fill(long seed) {
    float[] rows = new float[capacity * dimension];
    for (int n = 0; n < capacity; n++) {
      int at = n * dimension;
      Draw draw = Draw.of(seed, n, Purpose.QUEUE);
      double squares = 0;
      for (int i = at; i < at + dimension; i++) {
        rows[i] = (float) draw.nextGaussian();
        squares += (double) rows[i] * rows[i];
      }
      float scale = (float) (1 / Math.sqrt(Math.max(squares, 1e-24)));
      for (int i = at; i < at + dimension; i++) {
        rows[i] *= scale;
      }
    }
    write(0, rows, 0, capacity);
  }

  @Override
  public final int capacity() {
    return capacity;
  }

  @Override
  public final int dimension() {
    return dimension;
  }

  @Override
  public final int position() {
    return position;
  }

  @Override
  public final void enqueue(float[] keys) {
    if (keys.length % dimension != 0) {
      throw new IllegalArgumentException(
          "keys of " + keys.length + " values; valid: whole rows of " + dimension);
    }
    int count = keys.length / dimension;
    int from = Math.max(0, count - capacity);
    position = (position + from) % capacity;
    while (from < count) {
      int run = Math.min(count - from, capacity - position);
      write(position, keys, from, run);
      from += run;
      position = (position + run) % capacity;
    }
  }

  @Override
  public final Attention attend(float[] unitRows, float temperature) {
    int batch = unitRows.length / dimension;
    if (batch < 1 || unitRows.length != batch * dimension) {
      throw new IllegalArgumentException(
          "rows of " + unitRows.length + " values; valid: whole rows of " + dimension);
    }
    if (!(temperature > 0 && Float.isFinite(1 / temperature))) {
      throw new IllegalArgumentException("temperature " + temperature + "; valid: above 0");
    }
    return product(unitRows, batch, temperature);
  }

  @Override
  public final float[] snapshot() {
    float[] copy = new float[capacity * dimension];
    read(copy);
    return copy;
  }

  @Override
  public final void restore(float[] snapshot, int newPosition) {
    if (snapshot.length != capacity * dimension) {
      throw new IllegalArgumentException(
          "a queue of "
              + snapshot.length
              + " values; valid: "
              + capacity
              + " x "
              + dimension
              + " as configured");
    }
    if (newPosition < 0 || newPosition >= capacity) {
      throw new IllegalArgumentException(
          "queue position " + newPosition + "; valid: 0 to " + (capacity - 1));
    }
    write(0, snapshot, 0, capacity);
    position = newPosition;
  }
}
