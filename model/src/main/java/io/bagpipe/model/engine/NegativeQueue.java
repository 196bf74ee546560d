package io.bagpipe.model.engine;

/**
 * A queue of negatives: the teacher's embeddings of the last {@link #capacity} anchors, [capacity,
 * dimension] float32 unit rows, first in, first out (METHOD: "The loss"). It starts as random unit
 * vectors, row n a function of (seed, n) that no engine changes. The rows lie on the engine's
 * device, which takes the product with them. Confined to the training thread; whoever asked for it
 * closes it there, before its engine.
 */
public interface NegativeQueue extends AutoCloseable {
  int capacity();

  int dimension();

  /** The row that the next key replaces, 0 to capacity - 1. */
  int position();

  /**
   * Replaces the oldest rows, in order; of more keys than the queue holds only the last stay.
   *
   * @param keys [n, dimension] unit rows
   */
  void enqueue(float[] keys);

  /**
   * What a softmax over the queue needs. The product with the whole queue is taken once; what it
   * takes to compute it is kept for every pair of batch and temperature that comes up, so that an
   * objective may use several.
   *
   * @param unitRows [batch, dimension] unit rows
   * @param temperature above 0; where exp underflows, 0 is the right answer
   */
  Attention attend(float[] unitRows, float temperature);

  /** A copy of the rows as they lie, [capacity, dimension]; {@link #position} tells their age. */
  float[] snapshot();

  /** Replaces everything by what {@link #snapshot} and {@link #position} gave. */
  void restore(float[] rows, int position);

  @Override
  void close();
}
