package io.bagpipe.model.objective;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StudentEngine;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Makes a {@link OneQueueObjective}. */
public abstract class OneQueueProvider implements ObjectiveProvider {
  @Override
  public Set<Ingredient> needs() {
    return EnumSet.of(Ingredient.QUERY_VIEW, Ingredient.QUERY_EMBEDDING);
  }

  @Override
  public List<String> terms() {
    return List.of(OneQueueObjective.TERM);
  }

  @Override
  public Objective create(ObjectiveConfig config, StudentEngine engine) {
    NegativeQueue queue = engine.negatives(config.queue(), config.seed());
    try {
      return over(queue, config);
    } catch (RuntimeException e) {
      queue.close();
      throw e;
    }
  }

  /**
   * The objective over this queue, which is full of random unit rows.
   *
   * @param queue the objective's from here on, unless this throws
   */
  protected abstract OneQueueObjective over(NegativeQueue queue, ObjectiveConfig config);
}
