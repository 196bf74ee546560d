package io.bagpipe.model.objective.seed;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveOption;
import io.bagpipe.model.objective.ObjectiveProvider;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Makes {@link SeedObjective}. */
public final class SeedProvider implements ObjectiveProvider {
  static final ObjectiveOption TEACHER_TEMPERATURE =
      new ObjectiveOption(
          "teacher-temperature",
          1e-4,
          1e-6,
          100,
          "Of the teacher's softmax over anchor and queue. The authors' code: 0.0001, which makes"
              + " the target all but one-hot on the anchor's own embedding.");

  @Override
  public String name() {
    return SeedObjective.NAME;
  }

  @Override
  public String description() {
    return "SEED: similarities to the queue follow the teacher's, one pass (arXiv 2101.04731)";
  }

  @Override
  public Set<Ingredient> needs() {
    return EnumSet.of(Ingredient.QUERY_VIEW, Ingredient.QUERY_EMBEDDING);
  }

  @Override
  public List<String> terms() {
    return List.of(SeedObjective.TERM);
  }

  @Override
  public List<ObjectiveOption> options() {
    return List.of(TEACHER_TEMPERATURE);
  }

  @Override
  public Objective create(ObjectiveConfig config, StudentEngine engine) {
    NegativeQueue queue = engine.negatives(config.queue(), config.seed());
    try {
      return new SeedObjective(
          queue, config.temperature(), (float) config.option(TEACHER_TEMPERATURE));
    } catch (RuntimeException e) {
      queue.close();
      throw e;
    }
  }
}
