package io.bagpipe.verticles.ops.status;

import io.bagpipe.verticles.ops.events.RunEvent;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StepEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says in a sentence or two what the service is doing now. */
final class Narrator {
  private Narrator() {}

  /** How worried one should be. */
  enum Tone {
    GOOD,
    QUIET,
    ATTENTION;

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The sentence and its tone. */
  record Story(String sentence, Tone tone) {}

  static Story tell(StatusBoard board, Instant now) {
    List<String> ill = new ArrayList<>();
    if (board.kafka().away(now)) {
      ill.add(board.kafka().reason(now) + board.kafka().outlook());
    }
    boolean anybody = false;
    boolean paused = false;
    String restoring = "";
    for (Stage stage : Stage.values()) {
      Condition condition = board.watch(stage).condition(now);
      anybody |= condition != null;
      paused |= condition == Condition.PAUSED;
      if (condition == Condition.RESTORING) {
        restoring = name(stage) + ": " + restoring(board.watch(stage).reason(now));
      }
      if (condition != null && condition.ill()) {
        ill.add(trouble(stage, condition, board.watch(stage).reason(now)));
      }
    }
    if (!ill.isEmpty()) {
      return new Story(String.join(" ", ill), Tone.ATTENTION);
    }
    if (!anybody) {
      return new Story("Waiting for the first stage to report.", Tone.QUIET);
    }
    if (paused) {
      return new Story("Paused. Nothing is lost; press Resume to go on.", Tone.QUIET);
    }
    if (!restoring.isEmpty()) {
      return new Story(restoring, Tone.QUIET);
    }
    return working(board, now);
  }

  private static String restoring(String reason) {
    return reason.isEmpty() ? "restoring." : reason + " so far.";
  }

  private static String trouble(Stage stage, Condition condition, String reason) {
    String name = name(stage);
    return switch (condition) {
      case FAILED -> name + " has failed" + (reason.isEmpty() ? "." : ": " + reason);
      case STALLED -> name + " is stalled: it " + reason + ".";
      default -> name + " is silent: " + reason + ".";
    };
  }

  static String name(Stage stage) {
    return switch (stage) {
      case AUGMENT -> "The augmenter";
      case TEACHER -> "The teacher";
      case BAGS -> "The bag index";
      case STUDENT -> "The student";
    };
  }

  private static Story working(StatusBoard board, Instant now) {
    RunEvent run = board.run();
    StepEvent step = board.step();
    StageEvent student = board.watch(Stage.STUDENT).latest();
    StringBuilder text = new StringBuilder(run == null ? "" : run.sentence().strip());
    Condition condition = board.watch(Stage.STUDENT).condition(now);
    if (condition == Condition.STANDBY) {
      append(text, "Standing by: " + board.watch(Stage.STUDENT).reason(now) + ".");
      return new Story(text.toString(), Tone.QUIET);
    }
    if (condition == Condition.EVALUATING || condition == Condition.SAVING) {
      String reason = board.watch(Stage.STUDENT).reason(now);
      append(text, "The student is " + (reason.isEmpty() ? condition.id() : reason) + ".");
      return new Story(text.toString(), Tone.GOOD);
    }
    if (step == null) {
      append(text, "No training step yet.");
      return new Story(text.toString(), Tone.QUIET);
    }
    if (condition != Condition.RUNNING) {
      append(text, "All images seen so far are trained; waiting for more.");
      return new Story(text.toString(), Tone.QUIET);
    }
    double rate = step.anchorsPerSecond();
    append(text, Words.count(step.anchors()) + " anchors trained" + goal(run, step, rate) + ".");
    if (student != null && step.loss() > 0) {
      append(text, String.format(Locale.ROOT, "Loss %.3f.", step.loss()));
    }
    return new Story(text.toString(), Tone.GOOD);
  }

  private static String goal(@Nullable RunEvent run, StepEvent step, double rate) {
    String speed = rate > 0 ? ", " + Words.rate(rate) + " a second" : "";
    Long goal = run == null ? null : run.imagesGoal();
    if (goal == null || goal <= 0) {
      return speed;
    }
    long left = goal - step.anchors();
    String time =
        left <= 0 || !(rate > 0)
            ? ""
            : ", about " + Words.time(Duration.ofSeconds((long) (left / rate))) + " to go";
    return " of " + Words.count(goal) + speed + time;
  }

  private static void append(StringBuilder text, String sentence) {
    text.append(text.isEmpty() ? "" : " ").append(sentence);
  }
}
