package io.bagpipe.verticles.student;

import io.bagpipe.model.eval.StudentAlarms;
import io.bagpipe.model.objective.AnchorBatch;
import io.bagpipe.model.train.StepReport;
import io.bagpipe.model.train.Trainer;
import io.bagpipe.verticles.ops.events.MeasureEvent;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the student before some of its steps, and says what is wrong: in the log once, when it
 * begins and when it is over, and in every event while it lasts. Costs two passes in evaluation
 * mode every {@value #EVERY_STEPS} steps, under 1 % of them. Confined to the training thread.
 */
final class Checkup {
  private static final Logger LOG = LoggerFactory.getLogger(Checkup.class);

  /** So seldom that it costs nothing to speak of, so often that three come within minutes. */
  static final long EVERY_STEPS = 100;

  private final Consumer<MeasureEvent> events;
  private final StudentAlarms rules = new StudentAlarms();
  private Map<StudentAlarms.Kind, String> standing = new EnumMap<>(StudentAlarms.Kind.class);
  private Map<String, Double> measures = Map.of();

  Checkup(Consumer<MeasureEvent> events) {
    this.events = events;
  }

  /** Looks, where it is time, at a student that is about to be trained on a batch. */
  void before(Trainer trainer, AnchorBatch batch) {
    measures = trainer.step() % EVERY_STEPS == 0 ? trainer.measure(batch) : Map.of();
  }

  /** The step on the same batch is done. */
  void after(StepReport step, int anchors) {
    if (measures.isEmpty()) {
      return;
    }
    Map<StudentAlarms.Kind, String> now = rules.take(measures, step.loss().terms(), anchors);
    now.forEach(
        (kind, sentence) -> {
          if (!standing.containsKey(kind)) {
            LOG.warn("{}: {}", kind.id(), sentence);
          }
        });
    standing.keySet().stream()
        .filter(kind -> !now.containsKey(kind))
        .forEach(kind -> LOG.info("{} is over", kind.id()));
    standing = now;
    Map<String, String> alarms = new LinkedHashMap<>();
    now.forEach((kind, sentence) -> alarms.put(kind.id(), sentence));
    events.accept(new MeasureEvent(step.anchors(), measures, alarms, Instant.now()));
  }
}
