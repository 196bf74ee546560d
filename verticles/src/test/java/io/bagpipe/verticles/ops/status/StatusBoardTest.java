package io.bagpipe.verticles.ops.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.verticles.ops.OpsConfig.Patience;
import io.bagpipe.verticles.ops.events.DeadLetterEvent;
import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.RunEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.bagpipe.verticles.ops.events.StepEvent;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

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

    board.lags(Map.of("bags", 500L));
    clock.pass(Duration.ofSeconds(31));
    assertThat(studentJson().getString("condition")).isEqualTo("stalled");
    assertThat(studentJson().getLong("lag")).isEqualTo(500);
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
