package io.bagpipe.model.objective.bingospace;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveState;
import io.bagpipe.model.objective.Outlook;
import io.bagpipe.model.objective.Passes;
import io.bagpipe.model.objective.QueueState;
import io.bagpipe.model.objective.StepLoss;
import io.bagpipe.model.objective.TermResult;
import io.bagpipe.model.objective.bingo.BingoPasses;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * BINGO, whose query pass also descends the space term of the query views' outputs with the
 * anchors' keys: loss = BINGO's + λ · space. Confined to the training thread; owns its queue.
 */
final class BingoSpaceObjective implements Objective {
  static final String NAME = "bingo+space";
  static final String SPACE = "space";

  private final NegativeQueue queue;
  private final BingoPasses passes;
  private final SpaceTerm space;

  /**
   * @param side of the views, pixels
   */
  BingoSpaceObjective(NegativeQueue queue, ObjectiveConfig config, int side, SpaceTerm space) {
    this.queue = queue;
    this.passes = new BingoPasses(queue, config, side);
    this.space = space;
  }

  @Override
  public StepLoss passes(Passes student, AnchorBatch batch, Moment moment) {
    float[] keys = batch.vectors(Ingredient.KEY_EMBEDDING);
    double[] said = new double[1];
    StepLoss bingo =
        passes.run(
            student,
            batch,
            moment,
            (outputs, term) -> {
              TermResult added = space.of(outputs, keys, queue.dimension());
              said[0] = added.loss();
              return new TermResult(term.loss(), sum(term.gradient(), added.gradient()));
            });
    Map<String, Double> terms = new LinkedHashMap<>(bingo.terms());
    terms.put(SPACE, said[0]);
    return new StepLoss(bingo.loss() + space.weight() * said[0], terms, bingo.measures());
  }

  private static float[] sum(float[] one, float[] other) {
    float[] sum = new float[one.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = one[i] + other[i];
    }
    return sum;
  }

  @Override
  public Outlook outlook(AnchorBatch batch, Moment moment) {
    return passes.outlook(batch, moment);
  }

  @Override
  public void updated(AnchorBatch batch) {
    queue.enqueue(batch.vectors(Ingredient.KEY_EMBEDDING));
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
