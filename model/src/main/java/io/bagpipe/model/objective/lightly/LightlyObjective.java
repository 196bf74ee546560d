package io.bagpipe.model.objective.lightly;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.OneQueueObjective;
import io.bagpipe.model.objective.Passes;
import io.bagpipe.model.objective.QueueDivergence;
import io.bagpipe.model.objective.StepLoss;

/**
 * LightlyTrain's distillation: the batch's embeddings enter the queue before the loss, so that an
 * anchor's own is among the entries.
 */
final class LightlyObjective extends OneQueueObjective {
  static final String NAME = "lightly";

  private final NegativeQueue queue;

  LightlyObjective(NegativeQueue queue, float temperature) {
    super(NAME, queue, new QueueDivergence(queue, temperature)::of);
    this.queue = queue;
  }

  @Override
  public StepLoss passes(Passes student, AnchorBatch batch, Moment moment) {
    enter(queue, targets(batch));
    return super.passes(student, batch, moment);
  }

  /**
   * What the authors put at the front, in order, shifting the rest and dropping its end: as a ring
   * it is the rows from last to first. Of a batch that is larger than the queue the first rows
   * stay.
   */
  static void enter(NegativeQueue queue, float[] rows) {
    int dimension = queue.dimension();
    float[] reversed = new float[rows.length];
    for (int from = 0; from < rows.length; from += dimension) {
      System.arraycopy(rows, from, reversed, rows.length - dimension - from, dimension);
    }
    queue.enqueue(reversed);
  }

  @Override
  public void updated(AnchorBatch batch) {
    // the batch has entered already
  }
}
