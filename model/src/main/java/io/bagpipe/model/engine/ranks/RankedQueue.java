package io.bagpipe.model.engine.ranks;

import io.bagpipe.model.engine.Attention;
import io.bagpipe.model.engine.NegativeQueue;

/**
 * A queue that takes the keys of all ranks, in the order of ranks, so that all queues are equal.
 */
final class RankedQueue implements NegativeQueue {
  private final NegativeQueue queue;
  private final Communicator ranks;

  RankedQueue(NegativeQueue queue, Communicator ranks) {
    this.queue = queue;
    this.ranks = ranks;
  }

  @Override
  public int capacity() {
    return queue.capacity();
  }

  @Override
  public int dimension() {
    return queue.dimension();
  }

  @Override
  public int position() {
    return queue.position();
  }

  @Override
  public void enqueue(float[] keys) {
    queue.enqueue(ranks.gather(keys));
  }

  @Override
  public Attention attend(float[] unitRows, float temperature) {
    return queue.attend(unitRows, temperature);
  }

  @Override
  public float[] snapshot() {
    return queue.snapshot();
  }

  @Override
  public void restore(float[] rows, int position) {
    queue.restore(rows, position);
  }

  @Override
  public void close() {
    queue.close();
  }
}
