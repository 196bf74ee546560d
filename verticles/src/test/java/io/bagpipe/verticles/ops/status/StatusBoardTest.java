package io.bagpipe.verticles.ops.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.verticles.ops.OpsConfig.Patience;
import io.bagpipe.verticles.ops.events.DeadLetterEvent;
import io.bagpipe.verticles.ops.events.EvaluationEvent;
import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.RestoredEvent;
import io.bagpipe.verticles.ops.events.RunEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.bagpipe.verticles.ops.events.StepEvent;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatusBoardTest {
  private final MutableClock clock = new MutableClock();
  private final StatusBoard board = new StatusBoard(clock, Patience.DEFAULT);
  private final Health health = new Health(board, Patience.DEFAULT, Set.of(Stage.STUDENT));

  private boolean kafkaAnswers = true;

  private void student(long out, long lag, StageState state, Gate gate) {
    if (kafkaAnswers) {
      board.lags(Map.of());
    }
    board.accept(
        new StageEvent(
            Stage.STUDENT,
            new StageEvent.Flow(out, out, 0, 10),
            0.5,
            new StageEvent.Queue(0, 8),
            gate,
            lag,
            state,
            new StageEvent.Said("", clock.instant())));
  }

  /** The student goes on reporting once a second. */
  private void studentReportsFor(Duration time, long out, long lag, StageState state, Gate gate) {
    for (long second = 0; second < time.toSeconds(); second++) {
      clock.pass(Duration.ofSeconds(1));
      student(out, lag, state, gate);
    }
  }

  private JsonObject studentJson() {
    return board.toJson().getJsonArray("stages").getJsonObject(3);
  }

  @Test
  void beforeAnybodyHasSpokenItIsLiveAndNotReady() {
    assertThat(health.live().up()).isTrue();
    assertThat(health.ready().up()).isFalse();
    assertThat(health.ready().json().encode()).contains("has not reported yet");
    assertThat(studentJson().getString("condition")).isEqualTo("absent");
  }

  @Test
  void aStageThatMovesIsRunningAndReady() {
    student(64, 100, StageState.RUNNING, Gate.NONE);

    assertThat(studentJson().getString("condition")).isEqualTo("running");
    assertThat(health.ready().up()).isTrue();
  }

  @Test
  void inputWithoutProgressIsFirstStalledAndThenNotLive() {
    student(64, 100, StageState.RUNNING, Gate.NONE);

    studentReportsFor(Duration.ofSeconds(31), 64, 100, StageState.RUNNING, Gate.NONE);
    assertThat(studentJson().getString("condition")).isEqualTo("stalled");
    assertThat(studentJson().getBoolean("ill")).isTrue();
    assertThat(board.toJson().getString("sentence")).startsWith("The student is stalled");
    assertThat(board.toJson().getString("tone")).isEqualTo("attention");
    assertThat(health.live().up()).isTrue();

    studentReportsFor(Duration.ofMinutes(5), 64, 100, StageState.RUNNING, Gate.NONE);
    assertThat(health.live().up()).isFalse();
    assertThat(health.live().json().encode()).contains("has input, but made no progress for");

    student(65, 99, StageState.RUNNING, Gate.NONE);
    assertThat(health.live().up()).isTrue();
    assertThat(studentJson().getString("condition")).isEqualTo("running");
  }

  @Test
  void idleHeldAndPausedAreLiveAndReadyHoweverLong() {
    student(64, 0, StageState.WAITING, Gate.NONE);
    studentReportsFor(Duration.ofMinutes(7), 64, 0, StageState.WAITING, Gate.NONE);
    assertThat(studentJson().getString("condition")).isEqualTo("waiting");
    assertThat(health.live().up() && health.ready().up()).isTrue();

    studentReportsFor(Duration.ofMinutes(7), 64, 100, StageState.WAITING, Gate.CLOSED);
    assertThat(studentJson().getString("condition")).isEqualTo("held");
    assertThat(health.live().up() && health.ready().up()).isTrue();

    studentReportsFor(Duration.ofMinutes(7), 64, 100, StageState.PAUSED, Gate.NONE);
    assertThat(studentJson().getString("condition")).isEqualTo("paused");
    assertThat(health.live().up() && health.ready().up()).isTrue();
  }

  @Test
  void restoringIsLiveButNotReady() {
    student(0, 100, StageState.RESTORING, Gate.NONE);

    assertThat(health.live().up()).isTrue();
    assertThat(health.ready().up()).isFalse();
  }

  /** With images before it, and so much of its task through. */
  private void studentIsAt(StageState state, long done, long bytes) {
    board.lags(Map.of("bags", Map.of(0, 100L)));
    board.accept(
        new StageEvent(
            Stage.STUDENT,
            new StageEvent.Flow(64, 64, 0, 0),
            0,
            new StageEvent.Queue(8, 8),
            Gate.NONE,
            StageEvent.Input.of(Set.of(0)),
            new StageEvent.Doing(state, new StageEvent.Work("images", done, 12_000, bytes)),
            new StageEvent.Said("", clock.instant())));
  }

  @ParameterizedTest
  @EnumSource(names = {"EVALUATING", "SAVING", "RESTORING"})
  void whatTakesLongIsLiveAsLongAsItGoesOn(StageState state) {
    for (int minute = 0; minute < 40; minute++) {
      for (int second = 0; second < 60; second++) {
        clock.pass(Duration.ofSeconds(1));
        studentIsAt(state, minute / 4, minute * 1_000_000_000L);
      }
      assertThat(health.live().up()).isTrue();
      assertThat(health.ready().up()).isEqualTo(state != StageState.RESTORING);
    }
    String word = state.name().toLowerCase(Locale.ROOT);
    clock.pass(Duration.ofSeconds(1));
    studentIsAt(state, 10, 39_500_000_000L);
    assertThat(studentJson().getString("condition")).isEqualTo(word);
    assertThat(studentJson().getString("reason"))
        .isEqualTo(word + ", 10 of 12,000 images, 39.5 GB");
    assertThat(studentJson().getJsonObject("work").getLong("all")).isEqualTo(12_000);
    assertThat(health.ready().json().encode()).contains(word + ", 10 of 12,000 images");
    assertThat(board.toJson().getString("sentence")).contains("10 of 12,000 images, 39.5 GB");
  }

  @ParameterizedTest
  @EnumSource(names = {"EVALUATING", "SAVING", "RESTORING"})
  void whatTakesLongAndDoesNotGoOnIsStalledAndThenNotLive(StageState state) {
    studentIsAt(state, 3, 0);
    for (int second = 0; second < 31; second++) {
      clock.pass(Duration.ofSeconds(1));
      studentIsAt(state, 3, 0);
    }
    assertThat(studentJson().getString("condition")).isEqualTo("stalled");
    assertThat(studentJson().getString("reason"))
        .isEqualTo(
            "is "
                + state.name().toLowerCase(Locale.ROOT)
                + ", 3 of 12,000 images, but made no progress for 31 s");
    for (int second = 0; second < 300; second++) {
      clock.pass(Duration.ofSeconds(1));
      studentIsAt(state, 3, 0);
    }
    assertThat(health.live().up()).isFalse();
  }

  private void studentHas(Set<Integer> partitions) {
    board.accept(
        new StageEvent(
            Stage.STUDENT,
            new StageEvent.Flow(64, 64, 0, 0),
            0,
            new StageEvent.Queue(0, 8),
            Gate.NONE,
            StageEvent.Input.of(partitions),
            StageEvent.Doing.plain(StageState.WAITING),
            new StageEvent.Said("", clock.instant())));
  }

  /** Beside an instance that has fallen behind, one that has done all of its own work is well. */
  @Test
  void aStagesLagIsThatOfItsOwnPartitions() {
    for (int second = 0; second < 600; second++) {
      clock.pass(Duration.ofSeconds(1));
      board.lags(Map.of("bags", Map.of(0, 0L, 1, 5_000L, 2, 0L)));
      studentHas(second % 2 == 0 ? Set.of(0, 2) : Set.of());
    }
    assertThat(studentJson().getString("condition")).isEqualTo("waiting");
    assertThat(studentJson().getLong("lag")).isZero();
    assertThat(board.toJson().getJsonObject("lags").getLong("bags")).isEqualTo(5_000);
    assertThat(health.live().up() && health.ready().up()).isTrue();

    for (int second = 0; second < 32; second++) {
      clock.pass(Duration.ofSeconds(1));
      board.lags(Map.of("bags", Map.of(0, 0L, 1, 5_000L, 2, 0L)));
      studentHas(Set.of(1, 2));
    }
    assertThat(studentJson().getLong("lag")).isEqualTo(5_000);
    assertThat(studentJson().getString("condition")).isEqualTo("stalled");
  }

  @Test
  void aFailedStageIsNeither() {
    student(0, 0, StageState.FAILED, Gate.NONE);

    assertThat(health.live().up()).isFalse();
    assertThat(health.ready().up()).isFalse();
    assertThat(board.toJson().getString("sentence")).contains("The student has failed");
  }

  @Test
  void withoutKafkaAllIsLiveAndNothingReady() {
    board.kafkaIs("Kafka at broker:9092");
    student(64, 100, StageState.RUNNING, Gate.NONE);
    assertThat(health.ready().up()).isTrue();

    kafkaAnswers = false;
    studentReportsFor(Duration.ofMinutes(30), 64, 100, StageState.WAITING, Gate.NONE);
    assertThat(health.live().up()).isTrue();
    assertThat(health.ready().up()).isFalse();
    assertThat(health.ready().json().encode())
        .contains("Kafka at broker:9092 has not answered since 20");
    assertThat(board.toJson().getString("sentence"))
        .matches("Kafka at broker:9092 has not answered since \\S+Z \\(30 min\\); work goes on .*");
    assertThat(studentJson().getBoolean("ill")).isFalse();
    board.noLags(new TopicMissingException("views", new IllegalStateException("not there")));
    assertThat(board.toJson().getString("sentence"))
        .endsWith(
            "it has no topic views; start Bagpipe again: it makes the topics that are missing.");

    kafkaAnswers = true;
    studentReportsFor(Duration.ofMinutes(5), 64, 100, StageState.RUNNING, Gate.NONE);
    assertThat(health.live().up() && health.ready().up()).as("patient anew").isTrue();
    studentReportsFor(Duration.ofSeconds(2), 64, 100, StageState.RUNNING, Gate.NONE);
    assertThat(health.live().up()).isFalse();
  }

  @Test
  void silenceIsSaidAndWithInputBecomesAStall() {
    student(64, 0, StageState.WAITING, Gate.NONE);
    clock.pass(Duration.ofSeconds(11));
    assertThat(studentJson().getString("condition")).isEqualTo("silent");
    assertThat(health.ready().up()).isFalse();

    board.lags(Map.of("bags", Map.of(0, 200L, 1, 300L)));
    clock.pass(Duration.ofSeconds(31));
    assertThat(studentJson().getString("condition")).isEqualTo("stalled");
    assertThat(studentJson().getLong("lag")).isEqualTo(500);
  }

  @Test
  void afterARestartItShowsWhatTheCheckpointHas() {
    EvaluationEvent evaluated = new EvaluationEvent(19_200, 0.867, null, 30, 0.08, clock.instant());
    student(0, 0, StageState.WAITING, Gate.NONE);
    assertThat(board.toJson().getString("sentence")).isEqualTo("No training step yet.");

    board.accept(new RestoredEvent(25_600, 5.6, evaluated, clock.instant()));

    assertThat(board.toJson().getString("sentence"))
        .isEqualTo("All images seen so far are trained; waiting for more.");
    assertThat(board.toJson().getJsonObject("step").getLong("anchors")).isEqualTo(25_600);
    assertThat(board.toJson().getJsonObject("step").getDouble("loss")).isEqualTo(5.6);
    assertThat(board.toJson().getJsonObject("step").getValue("anchorsPerSecond")).isNull();
    assertThat(board.toJson().getJsonObject("evaluation").getDouble("knnTop1")).isEqualTo(0.867);
    student(0, 10, StageState.RUNNING, Gate.NONE);
    assertThat(board.toJson().getString("sentence")).startsWith("25,600 anchors trained.");
  }

  @Test
  void tellsHowFarTheGoalIs() {
    board.accept(new RunEvent("demo", StageState.RUNNING, "Learning.", 60_000L, clock.instant()));
    board.accept(new StepEvent(24_000, 3.25, Map.of(), 0.03, 300, clock.instant()));
    student(24_000, 64, StageState.RUNNING, Gate.NONE);

    assertThat(board.toJson().getString("sentence"))
        .isEqualTo(
            "Learning. 24,000 anchors trained of 60,000, 300 a second, about 2 min to go."
                + " Loss 3.250.");
  }

  @Test
  void keepsOnlyTheNewestDeadLetters() {
    for (int i = 0; i < 50; i++) {
      board.accept(new DeadLetterEvent("k" + i, Stage.AUGMENT, "E", "torn", 0, i, clock.instant()));
    }

    var recent = board.toJson().getJsonObject("deadLetters").getJsonArray("recent");
    assertThat(recent).hasSize(20);
    assertThat(recent.getJsonObject(0).getString("key")).isEqualTo("k49");
  }
}
