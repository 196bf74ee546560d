package io.bagpipe.streams.source;

import io.bagpipe.streams.intake.BatchLimits;
import io.bagpipe.streams.intake.Claim;
import io.bagpipe.streams.intake.Delivery;
import io.bagpipe.streams.intake.Intake;
import io.bagpipe.streams.intake.IntakeSettings;
import io.bagpipe.streams.intake.IntakeStatus;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.record.InputRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the student reads from: a group's consumer whose positions live in the student's checkpoint.
 * On assignment it goes to the position that the callback gives and trusts that alone; when the log
 * does not reach back so far it stops with a {@link io.bagpipe.streams.intake.GapException}. Its
 * commits only tell the gates upstream how far training is.
 *
 * <p>{@link #take} belongs to one thread, the trainer's, and blocks it; everything else may be
 * called from any thread and does not block. Polling goes on however long the trainer is away; the
 * queue's marks bound what is held meanwhile.
 *
 * <p>A partition that is lost and comes back (the broker was away too long) goes on after the last
 * record that was taken: what the trainer has taken is the trainer's.
 */
public final class CheckpointedSource {
  /** Where a partition goes on: the offset of the first record that the checkpoint has not seen. */
  @FunctionalInterface
  public interface Positions {
    /** Called on the consumer's thread, once for each partition; 0 for one never seen. */
    long positionFor(int partition);
  }

  private final Intake intake;
  private final Positions positions;
  private final Promise<Void> failure = Promise.promise();
  private final Map<Integer, Claim> held = new ConcurrentHashMap<>();

  /** Offset after the last record taken, by partition; guarded by itself. */
  private final Map<Integer, Long> taken = new HashMap<>();

  public CheckpointedSource(
      Vertx vertx, KafkaSettings kafka, IntakeSettings settings, Positions positions) {
    this.positions = positions;
    this.intake =
        new Intake(
            vertx,
            kafka,
            settings,
            (partition, committed, earliest) -> startOf(partition),
            this::fail);
  }

  private long startOf(int partition) {
    synchronized (taken) {
      Long next = taken.get(partition);
      return next != null ? next : positions.positionFor(partition);
    }
  }

  /** Completes when subscribed; a gap shows later, in {@link #failure} and {@link #take}. */
  public Future<Void> start() {
    return intake.start();
  }

  /** Fails when the source failed, with the reason; succeeds when it was stopped. */
  public Future<Void> failure() {
    return failure.future();
  }

  private void fail(Throwable error) {
    failure.tryFail(error);
    intake.queue().wake();
  }

  /**
   * The next record, partitions in turn, each in order.
   *
   * @return null when none came in time, or after {@link #stop}
   * @throws SourceFailedException when the source failed
   */
  public @Nullable InputRecord take(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      failed();
      Delivery delivery =
          intake
              .queue()
              .next(
                  BatchLimits.single(),
                  () -> true,
                  Math.max(0, Math.min(deadline - System.nanoTime(), 100_000_000L)),
                  TimeUnit.NANOSECONDS);
      if (delivery instanceof Delivery.Claimed claimed) {
        held.put(claimed.claim().partition(), claimed.claim());
        // the checkpoint may be behind or ahead of the last commit: the gates go by this now
        intake.commitProgress(claimed.claim(), claimed.claim().startOffset());
      } else if (delivery instanceof Delivery.Lost lost) {
        held.remove(lost.claim().partition(), lost.claim());
      } else if (delivery instanceof Delivery.Batch batch && isTaken(batch)) {
        return batch.records().get(0);
      } else if (delivery == null
          && (System.nanoTime() - deadline >= 0 || failure.future().isComplete())) {
        failed();
        return null;
      }
    }
  }

  private void failed() {
    Throwable cause = failure.future().cause();
    if (cause != null) {
      throw new SourceFailedException(cause);
    }
  }

  /** Under the lock that a new claim's start is looked up in: taken before, or not at all. */
  private boolean isTaken(Delivery.Batch batch) {
    synchronized (taken) {
      if (!batch.claim().isLive()) {
        return false;
      }
      taken.put(batch.claim().partition(), batch.nextOffset());
      return true;
    }
  }

  /**
   * Tells the gates upstream that everything before nextOffset is done. Returns at once; repeated
   * until Kafka has it or something newer. Nothing for a partition that is not held.
   */
  public void commitProgress(int partition, long nextOffset) {
    Claim claim = held.get(partition);
    if (claim != null) {
      intake.commitProgress(claim, nextOffset);
    }
  }

  public IntakeStatus status() {
    return intake.status();
  }

  /** Leaves the group; a take that waits returns null. */
  public Future<Void> stop() {
    failure.tryComplete();
    return intake.stop();
  }
}
