package io.bagpipe.model.bingo;

import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The queue of negatives: the teacher's embeddings of the last {@code capacity} anchors, [capacity,
 * dimension] float32 unit rows, first in, first out (METHOD: "The loss"). It starts as random unit
 * vectors. The rows lie off the heap in one place, where the loss reads them. Confined to the
 * training thread; whoever makes it closes it there.
 */
public final class NegativeQueue implements AutoCloseable {
  private static final int ALIGNMENT = 64;

  private final int capacity;
  private final int dimension;
  private final NativeArena arena = new NativeArena();
  private final FloatPointer rows;
  private int position;

  /** A queue of random unit vectors; row n is a function of (seed, n). */
  public NegativeQueue(int capacity, int dimension, long seed) {
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
    FloatPointer whole =
        arena.own(new FloatPointer((long) capacity * dimension + ALIGNMENT / Float.BYTES));
    long skip = Math.floorMod(-whole.address(), ALIGNMENT) / Float.BYTES;
    this.rows = new FloatPointer(whole.getPointer(skip)).capacity((long) capacity * dimension);
    fillWithRandomUnitVectors(seed);
  }

  private void fillWithRandomUnitVectors(long seed) {
    float[] row = new float[dimension];
    for (int n = 0; n < capacity; n++) {
      Draw draw = Draw.of(seed, n, Purpose.QUEUE);
      double squares = 0;
      for (int i = 0; i < dimension; i++) {
        row[i] = (float) draw.nextGaussian();
        squares += (double) row[i] * row[i];
      }
      float scale = (float) (1 / Math.sqrt(Math.max(squares, 1e-24)));
      for (int i = 0; i < dimension; i++) {
        row[i] *= scale;
      }
      write(n, row, 0, 1);
    }
  }

  public int capacity() {
    return capacity;
  }

  public int dimension() {
    return dimension;
  }

  /** The row that the next key replaces, 0 to capacity - 1. */
  public int position() {
    return position;
  }

  /**
   * Replaces the oldest rows, in order; of more keys than the queue holds only the last stay.
   *
   * @param keys [n, dimension] unit rows
   */
  public void enqueue(float[] keys) {
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

  /** A copy of the rows as they lie, [capacity, dimension]; {@link #position} tells their age. */
  public float[] snapshot() {
    float[] copy = new float[capacity * dimension];
    rows.get(copy);
    return copy;
  }

  /** Replaces everything by what {@link #snapshot} and {@link #position} gave. */
  public void restore(float[] snapshot, int position) {
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
    if (position < 0 || position >= capacity) {
      throw new IllegalArgumentException(
          "queue position " + position + "; valid: 0 to " + (capacity - 1));
    }
    rows.put(snapshot);
    this.position = position;
  }

  private void write(int row, float[] source, int sourceRow, int count) {
    // not closed: a view's close() frees what it is a view of
    rows.getPointer((long) row * dimension).put(source, sourceRow * dimension, count * dimension);
  }

  /** Where a row lies; valid until the queue is closed. */
  Pointer address(int row) {
    return rows.getPointer((long) row * dimension);
  }

  @Override
  public void close() {
    arena.close();
  }
}
