package io.bagpipe.model.objective.lightly;

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

/** Makes {@link LightlyObjective}. */
public final class LightlyProvider implements ObjectiveProvider {
  static final ObjectiveOption TEMPERATURE =
      new ObjectiveOption(
          "temperature",
          0.07,
          0.025,
          100,
          "Of both softmaxes over the queue; the authors' code: 0.07.");

  @Override
  public String name() {
    return LightlyObjective.NAME;
  }

  @Override
  public String description() {
    return "LightlyTrain's distillation: as compress-1q, with the batch in the queue before its loss"
        + " (lightly-ai/lightly-train)";
  }

  @Override
  public Set<Ingredient> needs() {
    return EnumSet.of(Ingredient.QUERY_VIEW, Ingredient.QUERY_EMBEDDING);
  }

  @Override
  public List<String> terms() {
    return List.of(LightlyObjective.TERM);
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
      QueueStart.zeros(queue);
      return new LightlyObjective(queue, temperature);
    } catch (RuntimeException e) {
      queue.close();
      throw e;
    }
  }
}
