package io.bagpipe.model.objective.compress1q;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.OneQueueObjective;
import io.bagpipe.model.objective.QueueDivergence;

/**
 * CompRess with one queue: the divergence of the similarities to the queue's rows alone; the
 * teacher's embeddings enter after the update.
 */
final class Compress1qObjective extends OneQueueObjective {
  static final String NAME = "compress-1q";

  Compress1qObjective(NegativeQueue queue, float temperature) {
    super(NAME, queue, new QueueDivergence(queue, temperature)::of);
  }
}
