package io.bagpipe.model.objective.seed;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.objective.Outlook;
import io.bagpipe.model.objective.Passes;
import io.bagpipe.model.objective.QueueState;
import io.bagpipe.model.objective.StepLoss;
import java.util.Map;

/** SEED: one pass over the query views. Confined to the training thread; owns its queue. */
final class SeedObjective implements Objective {
  static final String NAME = "seed";
  static final String TERM = "similarity";

  private final NegativeQueue queue;
  private final SeedLoss loss;

  SeedObjective(NegativeQueue queue, float temperature, float teacherTemperature) {
    this.queue = queue;
    this.loss = new SeedLoss(queue, temperature, teacherTemperature);
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
  public Outlook outlook(AnchorBatch batch, Moment moment) {
    double floor = loss.floor(batch.vectors(Ingredient.QUERY_EMBEDDING));
    return new Outlook(Map.of(TERM, floor), Map.of());
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
