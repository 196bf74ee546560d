package io.bagpipe.verticles.ops;

import io.bagpipe.model.eval.StudentAlarms;
import io.bagpipe.verticles.ops.events.MeasureEvent;
import io.bagpipe.verticles.ops.events.RegistryEvent;
import io.bagpipe.verticles.ops.status.StatusBoard;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;

/** What a batch in training says of the student, as meters; confined to the event loop. */
final class StudentMeters {
  private final MultiGauge measures;
  private final MultiGauge alarms;

  private StudentMeters(MeterRegistry registry) {
    this.measures =
        MultiGauge.builder("bagpipe.student.measure")
            .description("What a batch in training says of the student, by name")
            .register(registry);
    this.alarms =
        MultiGauge.builder("bagpipe.student.alarm")
            .description("1 while something is wrong with the student; the log says what to do")
            .register(registry);
  }

  static void bind(MeterRegistry registry, StatusBoard board) {
    StudentMeters meters = new StudentMeters(registry);
    board.onMeasure(meters::take);
    Gauge.builder("bagpipe.student.serving.anchors", board, StudentMeters::serving)
        .description("Anchors that the student that serves was trained on")
        .register(registry);
  }

  private static double serving(StatusBoard board) {
    RegistryEvent said = board.latestRegistry();
    return said == null || said.serving().isEmpty() ? Double.NaN : (double) said.servingAnchors();
  }

  private void take(MeasureEvent event) {
    List<MultiGauge.Row<?>> values = new ArrayList<>();
    event
        .measures()
        .forEach((name, value) -> values.add(MultiGauge.Row.of(Tags.of("measure", name), value)));
    measures.register(values, true);
    List<MultiGauge.Row<?>> standing = new ArrayList<>();
    for (StudentAlarms.Kind kind : StudentAlarms.Kind.values()) {
      int stands = event.alarms().containsKey(kind.id()) ? 1 : 0;
      standing.add(MultiGauge.Row.of(Tags.of("alarm", kind.id()), stands));
    }
    alarms.register(standing, true);
  }
}
