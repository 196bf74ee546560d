package io.bagpipe.verticles.student;

import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Tells the operations side once a second of a student that does not train here: another process
 * has it, or it is being read back. Confined to the verticle's context.
 */
final class OffDutyHeartbeat {
  private static final long PERIOD_MILLIS = 1000;

  private final Vertx vertx;
  private final Supplier<StageEvent.Doing> doing;
  private final String why;
  private long timer = -1;

  private OffDutyHeartbeat(Vertx vertx, Supplier<StageEvent.Doing> doing, String why) {
    this.vertx = vertx;
    this.doing = doing;
    this.why = why;
  }

  /** Another process has the student. */
  static OffDutyHeartbeat standby(Vertx vertx, String why) {
    StageEvent.Doing standing = StageEvent.Doing.plain(StageState.STANDBY);
    return new OffDutyHeartbeat(vertx, () -> standing, why);
  }

  /** The student is on its way. */
  static OffDutyHeartbeat restoring(Vertx vertx, Activity activity) {
    return new OffDutyHeartbeat(vertx, () -> activity.orElse(StageState.RESTORING), "");
  }

  void start() {
    timer = vertx.setPeriodic(0, PERIOD_MILLIS, tick -> beat());
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  private void beat() {
    new StageEvent(
            Stage.STUDENT,
            new StageEvent.Flow(0, 0, 0, 0),
            0,
            new StageEvent.Queue(0, 0),
            Gate.NONE,
            StageEvent.Input.of(Set.of()),
            doing.get(),
            new StageEvent.Said(why, Instant.now()))
        .publish(vertx.eventBus());
  }
}
