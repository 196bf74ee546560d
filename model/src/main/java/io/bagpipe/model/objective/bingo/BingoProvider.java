package io.bagpipe.model.objective.bingo;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveOption;
import io.bagpipe.model.objective.ObjectiveProvider;
import java.util.List;
import java.util.Set;

/** Makes {@link BingoObjective}. */
public final class BingoProvider implements ObjectiveProvider {
  @Override
  public String name() {
    return BingoObjective.NAME;
  }

  @Override
  public String description() {
    return "BINGO: anchor, member of its bag and their CutMix, three passes (arXiv 2107.01691)";
  }

  @Override
  public Set<Ingredient> needs() {
    return BingoPasses.NEEDS;
  }

  @Override
  public List<String> terms() {
    return BingoPasses.TERMS;
  }

  @Override
  public List<ObjectiveOption> options() {
    return BingoOptions.ALL;
  }

  @Override
  public Objective create(ObjectiveConfig config, StudentEngine engine) {
    NegativeQueue queue = engine.negatives(config.queue(), config.seed());
    try {
      return new BingoObjective(queue, config, engine.inputSize());
    } catch (RuntimeException e) {
      queue.close();
      throw e;
    }
  }
}
