package io.bagpipe.model.objective.compress1q;

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
 * CompRess with one queue: the divergence of the similarities to the queue's rows alone; the
 * teacher's embeddings enter after the update. Confined to the training thread; owns its queue.
 */
final class Compress1qObjective implements Objective {
  static final String NAME = "compress-1q";
  static final String TERM = "similarity";

  private final NegativeQueue queue;
  private final QueueDivergence loss;

  Compress1qObjective(NegativeQueue queue, float temperature) {
    this.queue = queue;
    this.loss = new QueueDivergence(queue, temperature);
  }

  @Override
  public StepLoss passes(Passes student, AnchorBatch batch, Moment moment) {
    float[] targets = batch.vectors(Ingredient.QUERY_EMBEDDING);
    double value =
        student.run(
            "query",
            batch.view(Ingredient.QUERY_VIEW),
            batch.size(),
            outputs -> loss.of(outputs, targets));
    return new StepLoss(value, Map.of(TERM, value), Map.of());
  }

  @Override
  public void updated(AnchorBatch batch) {
    queue.enqueue(batch.vectors(Ingredient.QUERY_EMBEDDING));
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
