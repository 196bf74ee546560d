package io.bagpipe.model.objective.moco;

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

/** Makes {@link MocoObjective}. */
public final class MocoProvider implements ObjectiveProvider {
  static final ObjectiveOption MOMENTUM =
      new ObjectiveOption(
          "momentum",
          0.999,
          0,
          1,
          "How much of its own weights the key encoder keeps at a step. The paper: 0.999, over"
              + " 200 epochs of ImageNet; a run of few steps wants less.");

  @Override
  public String name() {
    return MocoObjective.NAME;
  }

  @Override
  public String description() {
    return "MoCo v2: no teacher, a key encoder that follows the student, two passes"
        + " (arXiv 2003.04297)";
  }

  @Override
  public Set<Ingredient> needs() {
    return EnumSet.of(Ingredient.QUERY_VIEW, Ingredient.KEY_VIEW);
  }

  @Override
  public List<String> terms() {
    return List.of(MocoObjective.TERM);
  }

  @Override
  public List<ObjectiveOption> options() {
    return List.of(MOMENTUM);
  }

  @Override
  public Objective create(ObjectiveConfig config, StudentEngine engine) {
    float momentum = (float) config.option(MOMENTUM);
    NegativeQueue queue = engine.negatives(config.queue(), config.seed());
    try {
      return new MocoObjective(queue, engine.momentumEncoder(), config.temperature(), momentum);
    } catch (RuntimeException e) {
      queue.close();
      throw e;
    }
  }
}
