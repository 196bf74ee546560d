package io.bagpipe.verticles.ops.status;

import io.bagpipe.verticles.ops.OpsConfig.Patience;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Liveness and readiness as Kubernetes expects them. Held by backpressure, paused, idle and
 * standing by are live and ready (a rollout that waits for the new one would never end the old
 * one), evaluating and saving are as long as they go on; restoring is live as long as it goes on,
 * and not ready; failed, and no progress for {@link Patience#deadAfter} in spite of input or in
 * what it is at, are neither. While Kafka does not answer nothing is ready, but all is live,
 * however long: to be started again would not help.
 */
public final class Health {
  private final StatusBoard board;
  private final Patience patience;
  private final Set<Stage> expected;

  public Health(StatusBoard board, Patience patience, Set<Stage> expected) {
    this.board = board;
    this.patience = patience;
    this.expected = expected;
  }

  /** An answer with its reasons. */
  public record Verdict(boolean up, JsonObject json) {}

  /** Whether this process should go on living. */
  public Verdict live() {
    return verdict(false);
  }

  /** Whether it does its work. */
  public Verdict ready() {
    return verdict(true);
  }

  private Verdict verdict(boolean ready) {
    Instant now = board.now();
    boolean away = board.kafka().away(now);
    boolean up = !(ready && away);
    JsonArray checks = new JsonArray();
    checks.add(
        new JsonObject()
            .put("name", "kafka")
            .put("status", up ? "UP" : "DOWN")
            .put("condition", away ? "away" : "answers")
            .put("reason", board.kafka().reason(now)));
    for (Stage stage : Stage.values()) {
      StageWatch watch = board.watch(stage);
      Condition condition = watch.condition(now);
      if (condition == null && !expected.contains(stage)) {
        continue;
      }
      String trouble = deadly(watch, condition, now);
      if (ready && trouble == null) {
        trouble = notReady(watch, condition, now);
      }
      up &= trouble == null;
      checks.add(
          new JsonObject()
              .put("name", stage.id())
              .put("status", trouble == null ? "UP" : "DOWN")
              .put("condition", condition == null ? "absent" : condition.id())
              .put("reason", trouble == null ? watch.reason(now) : trouble));
    }
    return new Verdict(
        up, new JsonObject().put("status", up ? "UP" : "DOWN").put("checks", checks));
  }

  private @Nullable String deadly(StageWatch watch, @Nullable Condition condition, Instant now) {
    if (condition == Condition.FAILED) {
      String reason = watch.reason(now);
      return reason.isEmpty() ? "failed" : reason;
    }
    if (condition == Condition.STOPPED) {
      return null;
    }
    return watch.stuckFor(now).compareTo(patience.deadAfter()) > 0 ? watch.stuck(now) : null;
  }

  private @Nullable String notReady(StageWatch watch, @Nullable Condition condition, Instant now) {
    if (condition == null) {
      return "has not reported yet";
    }
    StageEvent latest = watch.latest();
    if (condition.ill() && latest != null && latest.state() == StageState.RESTORING) {
      return watch.reason(now);
    }
    return switch (condition) {
      case RESTORING -> watch.reason(now).isEmpty() ? "restoring" : watch.reason(now);
      case STOPPED -> "stopped";
      case SILENT -> watch.reason(now);
      default -> null;
    };
  }
}
