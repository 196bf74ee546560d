package io.bagpipe.verticles.ops;

import io.bagpipe.verticles.ops.events.EvaluationEvent;
import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.IndexEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StepEvent;
import io.bagpipe.verticles.ops.status.StatusBoard;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the status board knows, as meters; tags are stages only, so the cardinality is fixed. Values
 * nobody has reported yet are NaN.
 */
final class OpsMetrics {
  private OpsMetrics() {}

  static void bind(MeterRegistry registry, StatusBoard board) {
    for (Stage stage : Stage.values()) {
      bindStage(registry, board, stage);
    }
    step(registry, board, "bagpipe.student.loss", "Training loss, nats", StepEvent::loss);
    step(
        registry, board, "bagpipe.student.learning.rate", "Learning rate", StepEvent::learningRate);
    step(
        registry,
        board,
        "bagpipe.student.anchors.per.second",
        "Anchors trained a second",
        StepEvent::anchorsPerSecond);
    step(
        registry,
        board,
        "bagpipe.student.anchors",
        "Anchors trained in this run, over all restarts",
        StepEvent::anchors);
    evaluation(registry, board, "bagpipe.student.knn.accuracy.ratio", EvaluationEvent::knnTop1);
    evaluation(registry, board, "bagpipe.student.rankme", EvaluationEvent::rankMe);
    index(registry, board, "bagpipe.index.entries", null, IndexEvent::live);
    index(registry, board, "bagpipe.index.memory", "bytes", IndexEvent::bytes);
    bindJvm(registry);
  }

  private static void bindStage(MeterRegistry registry, StatusBoard board, Stage stage) {
    counter(registry, board, stage, "bagpipe.stage.images.in", "taken in", e -> e.flow().in());
    counter(registry, board, stage, "bagpipe.stage.images.out", "handed on", e -> e.flow().out());
    counter(
        registry,
        board,
        stage,
        "bagpipe.stage.dead.letters",
        "sent to the dead-letter topic",
        e -> e.flow().deadLetters());
    gauge(registry, board, stage, "bagpipe.stage.busy.ratio", StageEvent::busy);
    gauge(registry, board, stage, "bagpipe.stage.queue.items", e -> e.queue().size());
    gauge(registry, board, stage, "bagpipe.stage.queue.capacity.items", e -> e.queue().capacity());
    gauge(
        registry, board, stage, "bagpipe.stage.gate.closed", e -> e.gate() == Gate.CLOSED ? 1 : 0);
    gauge(
        registry,
        board,
        stage,
        "bagpipe.stage.last.report.timestamp.seconds",
        e -> e.at().toEpochMilli() / 1000.0);
    Gauge.builder(
            "bagpipe.stage.lag.records", board, b -> b.lag(stage) < 0 ? Double.NaN : b.lag(stage))
        .description("Records of the stage's input topic not yet committed")
        .tags(Tags.of("stage", stage.id()))
        .register(registry);
  }

  private static void counter(
      MeterRegistry registry,
      StatusBoard board,
      Stage stage,
      String name,
      String what,
      ToDoubleFunction<StageEvent> value) {
    FunctionCounter.builder(
            name,
            board,
            b -> {
              StageEvent event = b.stage(stage);
              return event == null ? 0 : value.applyAsDouble(event);
            })
        .description("Images " + what + " since the process started")
        .tags(Tags.of("stage", stage.id()))
        .register(registry);
  }

  private static void gauge(
      MeterRegistry registry,
      StatusBoard board,
      Stage stage,
      String name,
      ToDoubleFunction<StageEvent> value) {
    Gauge.builder(
            name,
            board,
            b -> {
              StageEvent event = b.stage(stage);
              return event == null ? Double.NaN : value.applyAsDouble(event);
            })
        .description("Of the stage, as it last reported")
        .tags(Tags.of("stage", stage.id()))
        .register(registry);
  }

  private static void step(
      MeterRegistry registry,
      StatusBoard board,
      String name,
      String description,
      ToDoubleFunction<StepEvent> value) {
    Gauge.builder(
            name,
            board,
            b -> {
              StepEvent event = b.latestStep();
              return event == null ? Double.NaN : value.applyAsDouble(event);
            })
        .description(description)
        .register(registry);
  }

  /** A measurement that may be missing. */
  @FunctionalInterface
  private interface Measured<E> {
    @Nullable Number of(E event);
  }

  private static void evaluation(
      MeterRegistry registry, StatusBoard board, String name, Measured<EvaluationEvent> value) {
    Gauge.builder(name, board, b -> orNaN(b.latestEvaluation(), value))
        .description("Latest evaluation of the student")
        .register(registry);
  }

  private static void index(
      MeterRegistry registry,
      StatusBoard board,
      String name,
      @Nullable String unit,
      Measured<IndexEvent> value) {
    Gauge.builder(name, board, b -> orNaN(b.latestIndex(), value))
        .description("The rolling kNN index")
        .baseUnit(unit)
        .register(registry);
  }

  private static <E> double orNaN(@Nullable E event, Measured<E> value) {
    Number number = event == null ? null : value.of(event);
    return number == null ? Double.NaN : number.doubleValue();
  }

  private static void bindJvm(MeterRegistry registry) {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }
}
