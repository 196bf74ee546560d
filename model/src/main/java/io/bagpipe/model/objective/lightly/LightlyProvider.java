package io.bagpipe.model.objective.lightly;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveOption;
import io.bagpipe.model.objective.OneQueueObjective;
import io.bagpipe.model.objective.OneQueueProvider;
import io.bagpipe.model.objective.QueueStart;
import java.util.List;

/** Makes {@link LightlyObjective}. */
public final class LightlyProvider extends OneQueueProvider {
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
  public List<ObjectiveOption> options() {
    return List.of(TEMPERATURE);
  }

  @Override
  protected OneQueueObjective over(NegativeQueue queue, ObjectiveConfig config) {
    QueueStart.zeros(queue);
    return new LightlyObjective(queue, (float) config.option(TEMPERATURE));
  }
}
