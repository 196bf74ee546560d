package io.bagpipe.model.objective.compress2q;

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

/** Makes {@link Compress2qObjective}. */
public final class Compress2qProvider implements ObjectiveProvider {
  static final ObjectiveOption TEMPERATURE =
      new ObjectiveOption(
          "temperature", 0.04, 0.025, 100, "Of both softmaxes over the queues; the paper: 0.04.");
  static final ObjectiveOption MOMENTUM =
      new ObjectiveOption(
          "momentum",
          0.999,
          0,
          1,
          "How much of its own weights the encoder that fills the student's queue keeps at a step."
              + " The paper: 0.999; a run of few steps wants less.");

  @Override
  public String name() {
    return Compress2qObjective.NAME;
  }

  @Override
  public String description() {
    return "CompRess, two queues: similarities to the student's own queue follow the teacher's to"
        + " its, two passes (arXiv 2010.14713)";
  }

  @Override
  public Set<Ingredient> needs() {
    return EnumSet.of(Ingredient.QUERY_VIEW, Ingredient.QUERY_EMBEDDING);
  }

  @Override
  public List<String> terms() {
    return List.of(Compress2qObjective.TERM);
  }

  @Override
  public List<ObjectiveOption> options() {
    return List.of(TEMPERATURE, MOMENTUM);
  }

  @Override
  public Objective create(ObjectiveConfig config, StudentEngine engine) {
    float temperature = (float) config.option(TEMPERATURE);
    float momentum = (float) config.option(MOMENTUM);
    int dimension = engine.embeddingDimension();
    NegativeQueue queue = engine.negatives(config.queue(), 2 * dimension, config.seed());
    try {
      QueueStart.uniform(queue, config.seed(), dimension, dimension);
      return new Compress2qObjective(queue, engine.momentumEncoder(), temperature, momentum);
    } catch (RuntimeException e) {
      queue.close();
      throw e;
    }
  }
}
