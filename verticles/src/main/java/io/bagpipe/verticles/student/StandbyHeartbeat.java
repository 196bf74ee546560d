package io.bagpipe.verticles.student;

import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.vertx.core.Vertx;
import java.time.Instant;

/**
 * Tells the operations side once a second that another process has the student. Confined to the
 * verticle's context.
 */
final class StandbyHeartbeat {
  private static final long PERIOD_MILLIS = 1000;

  private final Vertx vertx;
  private final String why;
  private long timer = -1;

  StandbyHeartbeat(Vertx vertx, String why) {
    this.vertx = vertx;
    this.why = why;
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
            -1,
            StageState.STANDBY,
            new StageEvent.Said(why, Instant.now()))
        .publish(vertx.eventBus());
  }
}
