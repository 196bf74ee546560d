package io.bagpipe.model.objective.compress1q;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.objective.ObjectiveConfig;
import io.bagpipe.model.objective.ObjectiveOption;
import io.bagpipe.model.objective.OneQueueObjective;
import io.bagpipe.model.objective.OneQueueProvider;
import io.bagpipe.model.objective.QueueStart;
import java.util.List;

/** Makes {@link Compress1qObjective}. */
public final class Compress1qProvider extends OneQueueProvider {
  static final ObjectiveOption TEMPERATURE =
      new ObjectiveOption(
          "temperature", 0.04, 0.025, 100, "Of both softmaxes over the queue; the paper: 0.04.");

  @Override
  public String name() {
    return Compress1qObjective.NAME;
  }

  @Override
  public String description() {
    return "CompRess, one queue: similarities to the teacher's queue follow the teacher's, one pass"
        + " (arXiv 2010.14713)";
  }

  @Override
  public List<ObjectiveOption> options() {
    return List.of(TEMPERATURE);
  }

  @Override
  protected OneQueueObjective over(NegativeQueue queue, ObjectiveConfig config) {
    QueueStart.uniform(queue, config.seed(), queue.dimension());
    return new Compress1qObjective(queue, (float) config.option(TEMPERATURE));
  }
}
