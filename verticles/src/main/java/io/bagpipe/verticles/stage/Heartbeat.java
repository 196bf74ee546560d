package io.bagpipe.verticles.stage;

import io.bagpipe.streams.stage.LagGate;
import io.bagpipe.streams.stage.StageStatus;
import io.bagpipe.streams.stage.TransactionalStage;
import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the operations side once a second how a Kafka stage is doing. Confined to the verticle's
 * context.
 */
public final class Heartbeat {
  private static final long PERIOD_MILLIS = 1000;

  private final Vertx vertx;
  private final Stage stage;
  private final TransactionalStage running;
  private final LongAdder images;
  private final RestoreMeter restoring;
  private final int queueCapacity;
  private final Supplier<String> notice;
  private long lastImages;
  private long lastBusyNanos;
  private long lastNanos = System.nanoTime();
  private long timer = -1;

  /**
   * @param images handled so far; counted by the stage's function
   * @param restoring what the stage's function reads back
   * @param notice what people should know while nothing is wrong; empty: nothing
   */
  public Heartbeat(
      Vertx vertx,
      Stage stage,
      TransactionalStage running,
      LongAdder images,
      RestoreMeter restoring,
      int queueCapacity,
      Supplier<String> notice) {
    this.vertx = vertx;
    this.stage = stage;
    this.running = running;
    this.images = images;
    this.restoring = restoring;
    this.queueCapacity = queueCapacity;
    this.notice = notice;
  }

  public void start() {
    timer = vertx.setPeriodic(0, PERIOD_MILLIS, tick -> beat());
  }

  public void stop() {
    vertx.cancelTimer(timer);
    beat();
  }

  private void beat() {
    StageStatus status = running.status();
    long now = System.nanoTime();
    double seconds = Math.max(1e-3, (now - lastNanos) / 1e9);
    long count = images.sum();
    double rate = (count - lastImages) / seconds;
    double busy = Math.min(1, (status.busyNanos() - lastBusyNanos) / 1e9 / seconds);
    lastImages = count;
    lastBusyNanos = status.busyNanos();
    lastNanos = now;
    String fault = status.fault();
    new StageEvent(
            stage,
            new StageEvent.Flow(count, count - status.deadLetters(), status.deadLetters(), rate),
            busy,
            new StageEvent.Queue(status.intake().queuedRecords(), queueCapacity),
            gate(status.gate()),
            StageEvent.Input.of(status.intake().partitions()),
            doing(status, restoring.now()),
            new StageEvent.Said(fault == null ? notice.get() : fault, Instant.now()))
        .publish(vertx.eventBus());
  }

  private static Gate gate(LagGate.@Nullable Status gate) {
    if (gate == null) {
      return Gate.NONE;
    }
    return gate.open() ? Gate.OPEN : Gate.CLOSED;
  }

  /** Reading back goes on while the stage is paused, and is what it is at. */
  static StageEvent.Doing doing(StageStatus status, StageEvent.@Nullable Work restoring) {
    StageState state = state(status);
    return restoring == null || state == StageState.FAILED || state == StageState.STOPPED
        ? StageEvent.Doing.plain(state)
        : new StageEvent.Doing(StageState.RESTORING, restoring);
  }

  private static StageState state(StageStatus status) {
    if (status.intake().paused()) {
      return StageState.PAUSED;
    }
    return switch (status.state()) {
      case NEW, STARTING -> StageState.RESTORING;
      case RUNNING ->
          status.intake().queuedRecords() == 0 ? StageState.WAITING : StageState.RUNNING;
      case BACKING_OFF -> StageState.WAITING;
      case FAILED -> StageState.FAILED;
      case STOPPING, STOPPED -> StageState.STOPPED;
    };
  }
}
