package io.bagpipe.model.objective.coss;

import io.bagpipe.model.engine.StudentEngine;
import io.bagpipe.model.objective.Ingredient;
import io.bagpipe.model.objective.Objective;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveOption;
import io.bagpipe.model.objective.ObjectiveProvider;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Makes {@link CossObjective}. */
public final class CossProvider implements ObjectiveProvider {
  static final ObjectiveOption FEATURE =
      new ObjectiveOption(
          "feature-weight", 1, 0, 1000, "Of the rows' cosines; the authors' code: 1.");
  static final ObjectiveOption SPACE =
      new ObjectiveOption(
          "space-weight",
          1,
          0,
          1000,
          "Of the columns' cosines; the authors' script: 1, their code by itself: 0.5.");
  static final ObjectiveOption STUDENT_TEMPERATURE =
      new ObjectiveOption(
          "student-temperature",
          0.1,
          1e-3,
          1000,
          "With the teacher's it divides the loss, by 0.007 in the authors' code: 0.1.");
  static final ObjectiveOption TEACHER_TEMPERATURE =
      new ObjectiveOption(
          "teacher-temperature",
          0.07,
          1e-3,
          1000,
          "See student-temperature; the authors' code: 0.07.");

  @Override
  public String name() {
    return CossObjective.NAME;
  }

  @Override
  public String description() {
    return "CoSS: cosines of rows and of columns of anchors and members together, one pass"
        + " (arXiv 2409.13939)";
  }

  @Override
  public Set<Ingredient> needs() {
    return EnumSet.of(
        Ingredient.QUERY_VIEW,
        Ingredient.QUERY_EMBEDDING,
        Ingredient.MEMBER_QUERY_VIEW,
        Ingredient.MEMBER_QUERY_EMBEDDING);
  }

  @Override
  public List<String> terms() {
    return List.of(CossObjective.FEATURE, CossObjective.SPACE);
  }

  @Override
  public List<ObjectiveOption> options() {
    return List.of(FEATURE, SPACE, STUDENT_TEMPERATURE, TEACHER_TEMPERATURE);
  }

  @Override
  public int imagesAPass(int batch) {
    return Math.multiplyExact(CossObjective.ROWS, batch);
  }

  @Override
  public Objective create(ObjectiveConfig config, StudentEngine engine) {
    double divisor = config.option(STUDENT_TEMPERATURE) * config.option(TEACHER_TEMPERATURE);
    return new CossObjective(
        new CossLoss(config.option(FEATURE), config.option(SPACE), 1 / divisor),
        engine.embeddingDimension());
  }
}
