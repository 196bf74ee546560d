package io.bagpipe.model.objective.lightly;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.objective.Passes;
import io.bagpipe.model.objective.QueueDivergence;
import io.bagpipe.model.objective.QueueState;
import io.bagpipe.model.objective.StepLoss;
import java.util.Map;

/**
 * LightlyTrain's distillation: the batch's embeddings enter the queue before the loss, so that an
 * anchor's own is among the entries. Confined to the training thread; owns its queue.
 */
final class LightlyObjective implements Objective {
  static final String NAME = "lightly";
  static final String TERM = "similarity";

  private final NegativeQueue queue;
  private final QueueDivergence loss;

  LightlyObjective(NegativeQueue queue, float temperature) {
    this.queue = queue;
    this.loss = new QueueDivergence(queue, temperature);
  }

  @Override
  public StepLoss passes(Passes student, AnchorBatch batch, Moment moment) {
    float[] targets = batch.vectors(Ingredient.QUERY_EMBEDDING);
    enter(queue, targets);
    double value =
        student.run(
            "query",
            batch.view(Ingredient.QUERY_VIEW),
            batch.size(),
            outputs -> loss.of(outputs, targets));
    return new StepLoss(value, Map.of(TERM, value), Map.of());
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

  @Override
  public ObjectiveState state() {
    return QueueState.of(NAME, queue);
  }

  @Override
  public void restore(ObjectiveState state) {
    QueueState.restore(state, queue);
  }

  @Override
  public void close() {
    queue.close();
  }
}
