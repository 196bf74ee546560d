package io.bagpipe.verticles.ops.status;

import io.bagpipe.streams.reference.FetchCounts;
import io.bagpipe.verticles.ops.OpsConfig.Patience;
import io.bagpipe.verticles.ops.events.CheckpointEvent;
import io.bagpipe.verticles.ops.events.DeadLetterEvent;
import io.bagpipe.verticles.ops.events.DriftLevelEvent;
import io.bagpipe.verticles.ops.events.ErasEvent;
import io.bagpipe.verticles.ops.events.EvaluationEvent;
import io.bagpipe.verticles.ops.events.IndexEvent;
import io.bagpipe.verticles.ops.events.MeasureEvent;
import io.bagpipe.verticles.ops.events.OpsEvent;
import io.bagpipe.verticles.ops.events.ReferencesEvent;
import io.bagpipe.verticles.ops.events.RegistryEvent;
import io.bagpipe.verticles.ops.events.RestoredEvent;
import io.bagpipe.verticles.ops.events.RunEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StepEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The latest word of everybody. Confined to the event loop; bounded. */
public final class StatusBoard {
  private static final int RECENT = 20;

  private final Clock clock;
  private final Instant startedAt = Instant.now();
  private final Map<Stage, StageWatch> stages = new EnumMap<>(Stage.class);
  private final KafkaWatch kafka;
  private final Map<String, Long> topicLags = new TreeMap<>();
  private final Deque<CheckpointEvent> checkpoints = new ArrayDeque<>();
  private final DriftLog drift = new DriftLog();
  private final Deque<DeadLetterEvent> deadLetters = new ArrayDeque<>();
  private @Nullable RunEvent run;
  private @Nullable StepEvent step;
  private @Nullable EvaluationEvent evaluation;
  private @Nullable IndexEvent index;
  private @Nullable RegistryEvent registry;
  private @Nullable ErasEvent eras;
  private FetchCounts.@Nullable Now references;
  private String warning = "";
  private Consumer<StepEvent> onStep = step -> {};
  private Consumer<MeasureEvent> onMeasure = measure -> {};

  /**
   * @param clock of which only differences are used
   */
  public StatusBoard(Clock clock, Patience patience) {
    this.clock = clock;
    Instant now = clock.instant();
    this.kafka = new KafkaWatch(patience.silentAfter(), now);
    for (Stage stage : Stage.values()) {
      stages.put(stage, new StageWatch(patience, now));
    }
  }

  /** Takes in what a stage said. */
  public void accept(OpsEvent event) {
    if (event instanceof StageEvent said) {
      watch(said.stage()).accept(said, !kafka.away(clock.instant()), clock.instant());
    } else if (event instanceof StepEvent said) {
      step = said;
      onStep.accept(said);
    } else if (event instanceof EvaluationEvent said) {
      evaluation = said;
    } else if (event instanceof MeasureEvent said) {
      onMeasure.accept(said);
    } else if (event instanceof RestoredEvent said) {
      restored(said);
    } else if (event instanceof IndexEvent said) {
      index = said;
    } else if (event instanceof RegistryEvent said) {
      registry = said;
    } else if (event instanceof ErasEvent said) {
      eras = said;
    } else if (event instanceof RunEvent said) {
      run = said;
    } else if (event instanceof CheckpointEvent said) {
      keep(checkpoints, said);
    } else if (event instanceof ReferencesEvent said) {
      references = said.counts();
    } else if (event instanceof DeadLetterEvent said) {
      keep(deadLetters, said);
    } else {
      drift.accept(event);
    }
  }

  /** What was trained before counts as it did; the speed begins anew. */
  private void restored(RestoredEvent from) {
    step = new StepEvent(from.anchors(), from.loss(), Map.of(), Double.NaN, Double.NaN, from.at());
    evaluation = from.evaluation();
  }

  private static <E> void keep(Deque<E> recent, E event) {
    recent.addFirst(event);
    if (recent.size() > RECENT) {
      recent.removeLast();
    }
  }

  /** Who is told of each step. */
  public void onStep(Consumer<StepEvent> listener) {
    onStep = listener;
  }

  /** Who is told of each look at the student in training. */
  public void onMeasure(Consumer<MeasureEvent> listener) {
    onMeasure = listener;
  }

  /** Takes in the topics' lags as the broker has them, by partition. */
  public void lags(Map<String, Map<Integer, Long>> lags) {
    kafka.answered(clock.instant());
    topicLags.clear();
    lags.forEach(
        (topic, lag) ->
            topicLags.put(topic, lag.values().stream().mapToLong(Long::longValue).sum()));
    for (Stage stage : Stage.values()) {
      watch(stage).topicLag(lags.getOrDefault(stage.input(), Map.of()), clock.instant());
    }
  }

  /** Kafka was asked for the lags, and this came of it. */
  public void noLags(Throwable error) {
    kafka.failed(error);
  }

  /** How to call Kafka in sentences: with its address. */
  public void kafkaIs(String words) {
    kafka.named(words);
  }

  /** Where Kafka is and since when it has not answered; empty while it does. */
  public String kafkaAway() {
    return kafka.reason(clock.instant());
  }

  KafkaWatch kafka() {
    return kafka;
  }

  /** Something about the operations side itself that people should know; empty: nothing. */
  public void warning(String sentence) {
    warning = sentence;
  }

  StageWatch watch(Stage stage) {
    StageWatch watch = stages.get(stage);
    if (watch == null) {
      throw new IllegalArgumentException("no watch for " + stage);
    }
    return watch;
  }

  Instant now() {
    return clock.instant();
  }

  @Nullable RunEvent run() {
    return run;
  }

  @Nullable StepEvent step() {
    return step;
  }

  /** A stage's latest event, for the metrics; null before its first. */
  public @Nullable StageEvent stage(Stage stage) {
    return watch(stage).latest();
  }

  /** Records waiting before a stage, in the partitions that it has; -1: not known. */
  public long lag(Stage stage) {
    return watch(stage).lag();
  }

  /** The latest step, for the metrics. */
  public @Nullable StepEvent latestStep() {
    return step;
  }

  /** The latest evaluation, for the metrics. */
  public @Nullable EvaluationEvent latestEvaluation() {
    return evaluation;
  }

  /** The index's latest word, for the metrics. */
  public @Nullable IndexEvent latestIndex() {
    return index;
  }

  /** How far the stream is from the reference, for the metrics; null where nobody watches it. */
  public DriftLevelEvent.@Nullable Level latestDrift() {
    return drift.level();
  }

  /** What was decided of a student last, for the metrics. */
  public @Nullable RegistryEvent latestRegistry() {
    return registry;
  }

  /** What fetching images has come to, for the metrics; null where nobody fetches. */
  public FetchCounts.@Nullable Now latestReferences() {
    return references;
  }

  /** Everything known now, as {@code GET /api/status} answers it. */
  public JsonObject toJson() {
    Instant now = now();
    JsonArray told = new JsonArray();
    for (Stage stage : Stage.values()) {
      told.add(stageJson(stage, now));
    }
    JsonObject lags = new JsonObject();
    topicLags.forEach(lags::put);
    Narrator.Story story = Narrator.tell(this, now);
    return new JsonObject()
        .put("at", Instant.now().toEpochMilli())
        .put("startedAt", startedAt.toEpochMilli())
        .put("sentence", story.sentence())
        .put("tone", story.tone().id())
        .put("warning", warning)
        .put("kafka", kafka.json(now))
        .put("run", json(run))
        .put("stages", told)
        .put("lags", lags)
        .put("step", json(step))
        .put("evaluation", json(evaluation))
        .put("index", json(index))
        .put("drift", drift.toJson())
        .put("registry", json(registry))
        .put("eras", json(eras))
        .put("checkpoints", list(checkpoints))
        .put(
            "deadLetters",
            new JsonObject().put("total", deadLetterTotal()).put("recent", list(deadLetters)));
  }

  private long deadLetterTotal() {
    long total = 0;
    for (StageWatch watch : stages.values()) {
      StageEvent event = watch.latest();
      total += event == null ? 0 : event.flow().deadLetters();
    }
    return Math.max(total, deadLetters.size());
  }

  private JsonObject stageJson(Stage stage, Instant now) {
    StageWatch watch = watch(stage);
    StageEvent event = watch.latest();
    Condition condition = watch.condition(now);
    JsonObject json = event == null ? new JsonObject().put("stage", stage.id()) : event.toJson();
    return json.put("input", stage.input())
        .put("output", stage.output())
        .put("lag", watch.lag())
        .put("condition", condition == null ? "absent" : condition.id())
        .put("ill", condition != null && condition.ill())
        .put("reason", watch.reason(now))
        .put("silentSeconds", watch.silentFor(now).toSeconds());
  }

  private static @Nullable JsonObject json(@Nullable OpsEvent event) {
    return event == null ? null : event.toJson();
  }

  private static JsonArray list(Collection<? extends OpsEvent> events) {
    JsonArray array = new JsonArray();
    events.forEach(event -> array.add(event.toJson()));
    return array;
  }
}
