package io.bagpipe.model.objective.regression;

import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveOption;
import io.bagpipe.model.objective.ObjectiveProvider;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Makes {@link RegressionObjective}. */
public final class RegressionProvider implements ObjectiveProvider {
  static final ObjectiveOption COSINE =
      new ObjectiveOption("cosine-weight", 0.9, 0, 1000, "Of 1 - cosine; theia: 0.9, RADIO: 1.");
  static final ObjectiveOption SMOOTH_L1 =
      new ObjectiveOption(
          "smooth-l1-weight", 0.1, 0, 1000, "Of smooth L1; theia: 0.1, RADIO's summary: 0.");
  static final ObjectiveOption DELTA =
      new ObjectiveOption(
          "delta", 1, 1e-6, 1000, "Where smooth L1 turns from a parabola to a line; theia: 1.");

  @Override
  public String name() {
    return RegressionObjective.NAME;
  }

  @Override
  public String description() {
    return "Regression: cosine and smooth L1 to the teacher's embedding of the same view, one pass"
        + " (after AM-RADIO, arXiv 2312.06709, and theia, arXiv 2407.20179)";
  }

  @Override
  public Set<Ingredient> needs() {
    return EnumSet.of(Ingredient.QUERY_VIEW, Ingredient.QUERY_EMBEDDING);
  }

  @Override
  public List<String> terms() {
    return List.of(RegressionObjective.COSINE, RegressionObjective.SMOOTH_L1);
  }

  @Override
  public List<ObjectiveOption> options() {
    return List.of(COSINE, SMOOTH_L1, DELTA);
  }

  @Override
  public Objective create(ObjectiveConfig config, StudentEngine engine) {
    return new RegressionObjective(
        new RegressionLoss(config.option(COSINE), config.option(SMOOTH_L1), config.option(DELTA)),
        engine.embeddingDimension());
  }
}
