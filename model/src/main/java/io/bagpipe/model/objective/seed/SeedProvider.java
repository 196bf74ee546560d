package io.bagpipe.model.objective.seed;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveOption;
import io.bagpipe.model.objective.OneQueueObjective;
import io.bagpipe.model.objective.OneQueueProvider;
import java.util.List;

/** Makes {@link SeedObjective}. */
public final class SeedProvider extends OneQueueProvider {
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
  public List<ObjectiveOption> options() {
    return List.of(TEACHER_TEMPERATURE);
  }

  @Override
  protected OneQueueObjective over(NegativeQueue queue, ObjectiveConfig config) {
    float teacher = (float) config.option(TEACHER_TEMPERATURE);
    return new SeedObjective(queue, new SeedLoss(queue, config.temperature(), teacher));
  }
}
