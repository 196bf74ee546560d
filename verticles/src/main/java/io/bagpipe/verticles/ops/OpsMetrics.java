package io.bagpipe.verticles.ops;

import com.sun.management.OperatingSystemMXBean;
import io.bagpipe.verticles.ops.events.EvaluationEvent;
import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.IndexEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StepEvent;
import io.bagpipe.verticles.ops.status.StatusBoard;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the status board knows, as meters; tags are stages only, so the cardinality is fixed. Values
 * nobody has reported yet are NaN.
 */
public final class OpsMetrics {
  private static final Pattern UNCONVENTIONAL =
      Pattern.compile("(?:^|[._])(?:ms|ns|count)(?:$|[._])|[._]ns[._]total$");

  private OpsMetrics() {}

  /**
   * A registry for everything this process measures: share it with the Kafka clients ({@code
   * KafkaClientMetrics}) and the stages. Names that are against Prometheus's conventions and cannot
   * be mended here (milliseconds, gauges called count) are left out.
   */
  public static PrometheusMeterRegistry newRegistry() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry
        .config()
        .meterFilter(MeterFilter.deny(id -> UNCONVENTIONAL.matcher(id.getName()).find()))
        .meterFilter(described());
    return registry;
  }

  /** Some of Kafka's have no description, and every metric should have one. */
  private static MeterFilter described() {
    return new MeterFilter() {
      @Override
      public Meter.Id map(Meter.Id id) {
        String description = id.getDescription();
        return description == null || description.isBlank()
            ? new Meter.Id(
                id.getName(),
                Tags.of(id.getTagsAsIterable()),
                id.getBaseUnit(),
                "As the Kafka client reports it",
                id.getType())
            : id;
      }
    };
  }

  /**
   * Adds the native libraries' memory.
   *
   * @param allocated bytes outside the heap just now
   * @param resident bytes of the whole process in physical memory
   */
  public static void offHeap(
      MeterRegistry registry, LongSupplier allocated, LongSupplier resident) {
    bytes(
        registry,
        "bagpipe.offheap.memory",
        "Memory of the native libraries, outside the heap",
        allocated);
    bytes(
        registry,
        "process.resident.memory",
        "Physical memory of this process, heap and native memory together",
        resident);
  }

  private static void bytes(
      MeterRegistry registry, String name, String description, LongSupplier value) {
    Gauge.builder(name, value, LongSupplier::getAsLong)
        .baseUnit("bytes")
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /** The caller closes what comes back. */
  static AutoCloseable bind(MeterRegistry registry, StatusBoard board) {
    for (Stage stage : Stage.values()) {
      bindStage(registry, board, stage);
    }
    step(registry, board, "bagpipe.student.loss", "Training loss", StepEvent::loss);
    MultiGauge terms =
        MultiGauge.builder("bagpipe.student.loss.term")
            .description("A term of the training loss, by the name that the objective gives it")
            .register(registry);
    board.onStep(step -> terms.register(rows(step), true));
    StudentMeters.bind(registry, board);
    DriftMeters.bind(registry, board);
    ReferenceMeters.bind(registry, board);
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
    evaluation(
        registry, board, "bagpipe.student.linear.accuracy.ratio", EvaluationEvent::linearTop1);
    evaluation(registry, board, "bagpipe.student.rankme", EvaluationEvent::rankMe);
    index(registry, board, "bagpipe.index.entries", null, IndexEvent::live);
    index(registry, board, "bagpipe.index.memory", "bytes", IndexEvent::bytes);
    index(registry, board, "bagpipe.index.age.span", "seconds", IndexEvent::ageSpanSeconds);
    index(registry, board, "bagpipe.bags.purity.ratio", null, IndexEvent::purity);
    index(registry, board, "bagpipe.bags.mean.similarity", null, IndexEvent::meanSimilarity);
    turnover(registry, board, "bagpipe.index.pushes", IndexEvent.Turnover::pushes);
    turnover(registry, board, "bagpipe.index.replaced", IndexEvent.Turnover::replaced);
    turnover(registry, board, "bagpipe.index.removed", IndexEvent.Turnover::removed);
    turnover(registry, board, "bagpipe.index.evicted", IndexEvent.Turnover::evicted);
    turnover(registry, board, "bagpipe.bags.drawn", IndexEvent.Turnover::bags);
    turnover(registry, board, "bagpipe.bags.alone", IndexEvent.Turnover::alone);
    turnover(registry, board, "bagpipe.bags.passed.over", IndexEvent.Turnover::passedOver);
    index(registry, board, "bagpipe.memory.entries", null, e -> e.memory().images());
    index(registry, board, "bagpipe.memory.payload", "bytes", e -> e.memory().bytes());
    FunctionCounter.builder("bagpipe.bags.rehearsed", board, OpsMetrics::rehearsed)
        .description("Anchors that came out of the memory of earlier images")
        .register(registry);
    Gauge.builder("bagpipe.kafka.answers", board, b -> b.kafkaAway().isEmpty() ? 1 : 0)
        .description("1 while Kafka answers, 0 when it has not for some seconds")
        .register(registry);
    return bindJvm(registry);
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
        .description("Records not yet committed of the partitions that the stage has here")
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

  private static List<MultiGauge.Row<?>> rows(StepEvent step) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    step.terms()
        .forEach((term, value) -> rows.add(MultiGauge.Row.of(Tags.of("term", term), value)));
    return rows;
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

  private static void turnover(
      MeterRegistry registry,
      StatusBoard board,
      String name,
      ToDoubleFunction<IndexEvent.Turnover> value) {
    FunctionCounter.builder(
            name,
            board,
            b -> {
              IndexEvent event = b.latestIndex();
              return event == null ? 0 : value.applyAsDouble(event.turnover());
            })
        .description("Entries of the rolling kNN index, since its windows were opened")
        .register(registry);
  }

  private static double rehearsed(StatusBoard board) {
    IndexEvent event = board.latestIndex();
    return event == null ? 0 : event.memory().rehearsed();
  }

  private static <E> double orNaN(@Nullable E event, Measured<E> value) {
    Number number = event == null ? null : value.of(event);
    return number == null ? Double.NaN : number.doubleValue();
  }

  private static JvmGcMetrics bindJvm(MeterRegistry registry) {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      // Micrometer's own counts nanoseconds, which is no base unit.
      FunctionCounter.builder("process.cpu", system, s -> s.getProcessCpuTime() / 1e9)
          .baseUnit("seconds")
          .description("CPU time used by this process")
          .register(registry);
      Gauge.builder("process.cpu.usage.ratio", system, OperatingSystemMXBean::getProcessCpuLoad)
          .description("Share of all cores this process uses just now")
          .register(registry);
    }
    JvmGcMetrics collector = new JvmGcMetrics();
    collector.bindTo(registry);
    return collector;
  }
}
