package io.bagpipe.model.engine.onednn;

import io.bagpipe.model.engine.Attention;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.nativelib.OneDnn;
import io.bagpipe.model.random.Draw;
import io.bagpipe.model.random.Draw.Purpose;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The queue of negatives in the host's memory, its product by oneDNN. The rows lie off the heap in
 * one place, where the product reads them. Takes and gives the same bits on every machine with the
 * same instruction set and thread count.
 */
public final class OneDnnNegativeQueue implements NegativeQueue {
  private static final int ALIGNMENT = 64;

  private final int capacity;
  private final int dimension;
  private final OneDnn oneDnn = new OneDnn();
  private final FloatPointer rows;
  private final Map<Use, QueueKernel> kernels = new HashMap<>();
  private int position;

  /** What a kernel is made for. */
  private record Use(int batch, float temperature) {}

  /** A queue of random unit vectors; row n is a function of (seed, n). */
  public OneDnnNegativeQueue(int capacity, int dimension, long seed) {
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
        oneDnn.own(new FloatPointer((long) capacity * dimension + ALIGNMENT / Float.BYTES));
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

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public int position() {
    return position;
  }

  @Override
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

  @Override
  public Attention attend(float[] unitRows, float temperature) {
    int batch = unitRows.length / dimension;
    if (batch < 1 || unitRows.length != batch * dimension) {
      throw new IllegalArgumentException(
          "rows of " + unitRows.length + " values; valid: whole rows of " + dimension);
    }
    if (!(temperature > 0 && Float.isFinite(1 / temperature))) {
      throw new IllegalArgumentException("temperature " + temperature + "; valid: above 0");
    }
    return kernels
        .computeIfAbsent(
            new Use(batch, temperature),
            use -> new QueueKernel(this, use.batch(), use.temperature()))
        .run(unitRows);
  }

  @Override
  public float[] snapshot() {
    float[] copy = new float[capacity * dimension];
    rows.get(copy);
    return copy;
  }

  @Override
  public void restore(float[] snapshot, int newPosition) {
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
    rows.put(snapshot);
    position = newPosition;
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
    kernels.values().forEach(QueueKernel::close);
    kernels.clear();
    oneDnn.close();
  }
}
