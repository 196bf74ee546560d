package io.bagpipe.model.objective.bingo;

import static io.bagpipe.model.objective.Ingredient.KEY_EMBEDDING;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.objective.Outlook;
import io.bagpipe.model.objective.Passes;
import io.bagpipe.model.objective.QueueState;
import io.bagpipe.model.objective.StepLoss;

/**
 * BINGO: three passes a step, see {@link BingoPasses}; after the update the anchors' keys enter the
 * queue (METHOD: "The loss"). Confined to the training thread; owns its queue.
 */
final class BingoObjective implements Objective {
  static final String NAME = "bingo";

  private final NegativeQueue queue;
  private final BingoPasses passes;

  /**
   * @param side of the views, pixels
   */
  BingoObjective(NegativeQueue queue, ObjectiveConfig config, int side) {
    this.queue = queue;
    this.passes = new BingoPasses(queue, config, BingoOptions.of(config), side);
  }

  @Override
  public StepLoss passes(Passes student, AnchorBatch batch, Moment moment) {
    return passes.run(student, batch, moment, (outputs, term) -> term);
  }

  @Override
  public Outlook outlook(AnchorBatch batch, Moment moment) {
    return passes.outlook(batch, moment);
  }

  @Override
  public void updated(AnchorBatch batch) {
    queue.enqueue(batch.vectors(KEY_EMBEDDING));
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
