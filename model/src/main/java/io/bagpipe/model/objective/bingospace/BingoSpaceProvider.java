package io.bagpipe.model.objective.bingospace;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveOption;
import io.bagpipe.model.objective.ObjectiveProvider;
import io.bagpipe.model.objective.bingo.BingoPasses;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes {@link BingoSpaceObjective}. */
public final class BingoSpaceProvider implements ObjectiveProvider {
  static final ObjectiveOption WEIGHT =
      new ObjectiveOption(
          "space-weight",
          1.7,
          0,
          1000,
          "Of the space term beside BINGO's loss. At 1 / 3 of train.temperature's inverse (1.7 at"
              + " 0.2) the query's two gradients are about equally long; 0.3 to 5 are worth a try.");
  static final ObjectiveOption UNIT_ROWS =
      new ObjectiveOption(
          "unit-rows",
          0,
          0,
          1,
          "1: the student's rows are scaled to unit length before their columns are compared;"
              + " 0: they are compared as they are.");

  @Override
  public String name() {
    return BingoSpaceObjective.NAME;
  }

  @Override
  public String description() {
    return "BINGO and CoSS's space similarity of query views and keys, three passes (published by"
        + " nobody)";
  }

  @Override
  public Set<Ingredient> needs() {
    return BingoPasses.NEEDS;
  }

  @Override
  public List<String> terms() {
    List<String> terms = new ArrayList<>(BingoPasses.TERMS);
    terms.add(BingoSpaceObjective.SPACE);
    return List.copyOf(terms);
  }

  @Override
  public List<ObjectiveOption> options() {
    return List.of(WEIGHT, UNIT_ROWS);
  }

  @Override
  public Objective create(ObjectiveConfig config, StudentEngine engine) {
    double unitRows = config.option(UNIT_ROWS);
    if (unitRows != 0 && unitRows != 1) {
      throw new IllegalArgumentException(UNIT_ROWS.name() + " " + unitRows + "; valid: 0 or 1");
    }
    SpaceTerm space = new SpaceTerm(config.option(WEIGHT), unitRows == 1);
    NegativeQueue queue = engine.negatives(config.queue(), config.seed());
    try {
      return new BingoSpaceObjective(queue, config, engine.inputSize(), space);
    } catch (RuntimeException e) {
      queue.close();
      throw e;
    }
  }
}
