package io.bagpipe.model.objective.compress1q;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveOption;
import io.bagpipe.model.objective.ObjectiveProvider;
import io.bagpipe.model.objective.QueueStart;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Makes {@link Compress1qObjective}. */
public final class Compress1qProvider implements ObjectiveProvider {
  static final ObjectiveOption TEMPERATURE =
      new ObjectiveOption(
          "temperature", 0.04, 0.025, 100, "Of both softmaxes over the queue; the paper: 0.04.");

  @Override
  public String name() {
    return Compress1qObjective.NAME;
  }

  @Override
  public String description() {
    return "CompRess, one queue: similarities to the teacher's queue follow the teacher's, one pass"
        + " (arXiv 2010.14713)";
  }

  @Override
  public Set<Ingredient> needs() {
    return EnumSet.of(Ingredient.QUERY_VIEW, Ingredient.QUERY_EMBEDDING);
  }

  @Override
  public List<String> terms() {
    return List.of(Compress1qObjective.TERM);
  }

  @Override
  public List<ObjectiveOption> options() {
    return List.of(TEMPERATURE);
  }

  @Override
  public Objective create(ObjectiveConfig config, StudentEngine engine) {
    float temperature = (float) config.option(TEMPERATURE);
    NegativeQueue queue = engine.negatives(config.queue(), config.seed());
    try {
      QueueStart.uniform(queue, config.seed(), queue.dimension());
      return new Compress1qObjective(queue, temperature);
    } catch (RuntimeException e) {
      queue.close();
      throw e;
    }
  }
}
