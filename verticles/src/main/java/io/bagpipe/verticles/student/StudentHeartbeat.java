package io.bagpipe.verticles.student;

import io.bagpipe.streams.intake.IntakeStatus;
import io.bagpipe.streams.source.CheckpointedSource;
import io.bagpipe.verticles.ops.events.Gate;
import io.bagpipe.verticles.ops.events.Stage;
import io.bagpipe.verticles.ops.events.StageEvent;
import io.bagpipe.verticles.ops.events.StageState;
import io.vertx.core.Vertx;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Tells the operations side once a second how training goes. Confined to the verticle's context.
 */
final class StudentHeartbeat {
  private static final long PERIOD_MILLIS = 1000;

  private final Vertx vertx;
  private final StudentLoop loop;
  private final CheckpointedSource source;
  private final int queueCapacity;
  private final long startAnchors;
  private long lastAnchors;
  private long lastBusyNanos;
  private long lastNanos = System.nanoTime();
  private long timer = -1;

  StudentHeartbeat(Vertx vertx, StudentLoop loop, CheckpointedSource source, int queueCapacity) {
    this.vertx = vertx;
    this.loop = loop;
    this.source = source;
    this.queueCapacity = queueCapacity;
    this.startAnchors = loop.progress().anchors();
    this.lastAnchors = startAnchors;
  }

  void start() {
    timer = vertx.setPeriodic(0, PERIOD_MILLIS, tick -> beat(null));
  }

  void stop() {
    vertx.cancelTimer(timer);
    beat(StageState.STOPPED);
  }

  private void beat(@Nullable StageState known) {
    IntakeStatus intake = source.status();
    Progress progress = loop.progress();
    long now = System.nanoTime();
    double seconds = Math.max(1e-3, (now - lastNanos) / 1e9);
    long anchors = progress.anchors();
    long busyNanos = progress.busyNanos();
    StageEvent.Doing doing =
        known != null
            ? StageEvent.Doing.plain(known)
            : loop.activity().orElse(state(intake, anchors));
    String fault = intake.fault();
    new StageEvent(
            Stage.STUDENT,
            new StageEvent.Flow(
                anchors - startAnchors,
                anchors - startAnchors,
                0,
                (anchors - lastAnchors) / seconds),
            Math.min(1, (busyNanos - lastBusyNanos) / 1e9 / seconds),
            new StageEvent.Queue(intake.queuedRecords(), queueCapacity),
            Gate.NONE,
            StageEvent.Input.of(intake.partitions()),
            doing,
            new StageEvent.Said(fault == null ? "" : fault, Instant.now()))
        .publish(vertx.eventBus());
    lastAnchors = anchors;
    lastBusyNanos = busyNanos;
    lastNanos = now;
  }

  private StageState state(IntakeStatus intake, long anchors) {
    if (loop.isPaused()) {
      return StageState.PAUSED;
    }
    return anchors == lastAnchors && intake.queuedRecords() == 0
        ? StageState.WAITING
        : StageState.RUNNING;
  }
}
