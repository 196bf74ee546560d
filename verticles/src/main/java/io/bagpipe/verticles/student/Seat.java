package io.bagpipe.verticles.student;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.lease.Holder;
import io.bagpipe.streams.lease.Lease;
import io.bagpipe.streams.lease.LeaseLostException;
import io.bagpipe.streams.lease.LeaseSettings;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ServiceConfig.OnOther;
import io.bagpipe.verticles.registry.StudentLease;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that a service has for a student, and this process's claim to it: a {@link Lease}
 * of Kafka's. Says whether this process may train, hands announcements on under it, and whether the
 * student that is here is the service's. Safe to use from any thread; whoever starts it closes it.
 */
final class Seat {
  private static final Logger LOG = LoggerFactory.getLogger(Seat.class);
  private static final Duration FIND_OUT = Duration.ofSeconds(8);

  private final Lease lease;
  private final String store;
  private final OnOther onOther;
  private final String what;

  private Seat(Lease lease, String store, OnOther onOther, String what) {
    this.lease = lease;
    this.store = store;
    this.onOther = onOther;
    this.what = what;
  }

  /** Gives its directories an id if they have none; nothing else happens until it is started. */
  static Seat of(BagpipeConfig config, StudentVerticle.Run run, KafkaSettings kafka)
      throws IOException {
    Path directory = run.directory().toAbsolutePath();
    Holder me = Holder.here(Place.idOf(directory), directory.toString());
    LeaseSettings wanted = StudentLease.of(config, me);
    return new Seat(
        new Lease(kafka, wanted),
        Place.idOf(run.checkpoints()),
        config.service().onOtherStudent(),
        wanted.what());
  }

  void start() {
    lease.start();
  }

  /** Completes when the seat is this process's. */
  Future<Lease.Taken> taken() {
    return lease.taken();
  }

  /** Completes with a line that says whose it is, if it is another's. */
  Future<String> standingBy() {
    return lease.standingBy();
  }

  /** Fails when it never will be this process's, or is not any more. */
  Future<Void> failure() {
    return lease.failure();
  }

  /**
   * @throws LeaseLostException when it is another's
   */
  boolean mayAct() {
    return lease.mayAct();
  }

  /** A fault may have come of another process's having taken the seat, which says more. */
  Throwable reason(Throwable fault) {
    try {
      lease.await(FIND_OUT);
    } catch (LeaseLostException lost) {
      return lost;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return fault;
  }

  /** Leaves word of a student that was saved; of the newest one, when Kafka is away. */
  void saved(long anchors, Path file) {
    lease.leave(new Standing(anchors, store, file.toAbsolutePath().toString()).text());
  }

  /** Writes to the registry, all or nothing, as long as this process has the seat. */
  Future<Void> write(List<ProducerRecord<byte[], byte[]>> records) {
    return lease.publish(records);
  }

  /**
   * Holds the student that is here against the service's.
   *
   * @param trained anchors of the newest checkpoint here, 0 without one
   * @param progressed whether any student of the service has made progress; asked where no holder
   *     has left word of one
   * @throws IllegalStateException when the service's newest student is not here
   */
  void requireStudent(@Nullable Standing standing, long trained, Callable<Boolean> progressed)
      throws Exception {
    String trouble = trouble(standing, trained, progressed);
    if (trouble == null) {
      if (standing != null && trained < standing.anchors()) {
        LOG.warn(
            "the newest checkpoint has {} anchors, and one of {} was announced: {}",
            trained,
            standing.anchors(),
            standing.file());
      }
      return;
    }
    if (onOther == OnOther.REFUSE) {
      throw new IllegalStateException(
          trouble
              + ". Start it where that is, put its checkpoints here, or share them (checkpoint.dir);"
              + " service.on-other-student=accept, for one start, goes on without it");
    }
    LOG.warn("{}; going on without it, as service.on-other-student says", trouble);
  }

  private @Nullable String trouble(
      @Nullable Standing standing, long trained, Callable<Boolean> progressed) throws Exception {
    String here = trained == 0 ? "no checkpoint" : "one of " + trained + " anchors";
    if (standing != null && standing.isElsewhere(trained, store)) {
      return "%s has %d anchors and was saved as %s, and here is %s"
          .formatted(what, standing.anchors(), standing.file(), here);
    }
    if (standing == null && trained == 0 && progressed.call()) {
      return "%s has made progress, as its consumer group says, and here is %s"
          .formatted(what, here);
    }
    return null;
  }

  /** A successor knows from now on that a student has begun here. */
  Future<Void> begun() {
    return lease.leave(new Standing(0, store, "nothing yet").text());
  }

  Future<Void> close() {
    return lease.close();
  }
}
