package io.bagpipe.model.engine.onednn;

import io.bagpipe.model.engine.Attention;
import io.bagpipe.model.engine.RowRing;
import io.bagpipe.model.nativelib.OneDnn;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The queue of negatives in the host's memory, its product by oneDNN. The rows lie off the heap in
 * one place, where the product reads them. Takes and gives the same bits on every machine with the
 * same instruction set and thread count.
 */
public final class OneDnnNegativeQueue extends RowRing {
  private static final int ALIGNMENT = 64;

  private final OneDnn oneDnn = new OneDnn();
  private final FloatPointer rows;
  private final Map<Use, QueueKernel> kernels = new HashMap<>();

  /** What a kernel is made for. */
  private record Use(int batch, float temperature) {}

  /** A queue of random unit vectors; row n is a function of (seed, n). */
  public OneDnnNegativeQueue(int capacity, int dimension, long seed) {
    super(capacity, dimension);
    FloatPointer whole =
        oneDnn.own(new FloatPointer((long) capacity * dimension + ALIGNMENT / Float.BYTES));
    long skip = Math.floorMod(-whole.address(), ALIGNMENT) / Float.BYTES;
    this.rows = new FloatPointer(whole.getPointer(skip)).capacity((long) capacity * dimension);
    fill(seed);
  }

  @Override
  protected Attention product(float[] unitRows, int batch, float temperature) {
    return kernels
        .computeIfAbsent(
            new Use(batch, temperature),
            use -> new QueueKernel(this, use.batch(), use.temperature()))
        .run(unitRows);
  }

  @Override
  protected void read(float[] into) {
    rows.get(into);
  }

  @Override
  protected void write(int row, float[] source, int sourceRow, int count) {
    // not closed: a view's close() frees what it is a view of
    rows.getPointer((long) row * dimension())
        .put(source, sourceRow * dimension(), count * dimension());
  }

  /** Where a row lies; valid until the queue is closed. */
  Pointer address(int row) {
    return rows.getPointer((long) row * dimension());
  }

  @Override
  public void close() {
    kernels.values().forEach(QueueKernel::close);
    kernels.clear();
    oneDnn.close();
  }
}
