package io.bagpipe.streams.lease;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One holder among all processes that want to act. Protocol, on a thread of its own:
 *
 * <ol>
 *   <li>Look. Free is what nobody holds, what was released, what a former start in the same place
 *       left, and what has had no new beat for the patience, measured here. Anything else: stand by
 *       and look again.
 *   <li>Take: fence, so that no other can write any more; look again, and give up if anything was
 *       written since the first look; write. Two that take at once cannot both find the log as they
 *       left it.
 *   <li>Beat: write again and again. The holder may act for a while from the beginning of a beat
 *       that was written; that is shorter than the patience of the others, so that nobody takes the
 *       lease of one who may act.
 *   <li>A beat that fails for any reason: look. If the log still has this start's word, fence and
 *       go on; if it has another's, the lease is lost for good.
 * </ol>
 *
 * <p>Kafka away means that the holder may not act until it has beaten again. A process that was
 * stopped finds its time run out when it wakes, and is refused by the broker when it writes: what
 * it hands to {@link #publish} can never come after its successor's.
 *
 * <p>Methods may be called from any thread and do not block, but for {@link #await}. Futures
 * complete on the lease's thread: do not block in their handlers. Whoever starts it closes it.
 */
public final class Lease {
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
  private static final long RETRY_MILLIS = 200;

  private final LeaseSettings settings;
  private final KafkaSettings kafka;
  private final Thread thread;
  private final Tenure tenure;
  private final Outbox outbox = new Outbox();
  private final Promise<Taken> taken = Promise.promise();
  private final Promise<String> standingBy = Promise.promise();
  private final Promise<Void> failure = Promise.promise();
  private final Promise<Void> closed = Promise.promise();

  /** The lease's thread's own: what this process wrote last. */
  private @Nullable LeaseState mine;

  private boolean troubled;

  /**
   * The lease is this process's.
   *
   * @param note what the holder before left; empty when there was none, as far as Kafka remembers
   */
  public record Taken(String note) {}

  public Lease(KafkaSettings kafka, LeaseSettings settings) {
    this.kafka = kafka;
    this.settings = settings;
    this.tenure = new Tenure(settings.valid());
    this.thread = new Thread(this::run, "bagpipe-lease");
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  /** Completes when this process holds the lease; fails if it never will. */
  public Future<Taken> taken() {
    return taken.future();
  }

  /** Completes when another process holds it, with a line that says who; may never complete. */
  public Future<String> standingBy() {
    return standingBy.future();
  }

  /** Fails when the lease is lost or cannot be had; succeeds when it was closed. */
  public Future<Void> failure() {
    return failure.future();
  }

  /**
   * Whether this process may act now.
   *
   * @throws LeaseLostException when it never will again
   */
  public boolean mayAct() {
    return tenure.mayAct();
  }

  /**
   * Waits until this process may act, or until it is known that it may not.
   *
   * @return false when neither came about in time
   * @throws LeaseLostException when another process holds the lease
   */
  public boolean await(Duration timeout) throws InterruptedException {
    return tenure.await(timeout);
  }

  /**
   * Writes records with the next beat, at once, all or none, if this process holds the lease when
   * Kafka has them; tried until then. Those that were not written yet are written in the same
   * transaction, but for those of which there is a later one of the same key.
   *
   * @param records with a key each
   * @param newNote for the successor, from these records on
   */
  public Future<Void> publish(List<ProducerRecord<byte[], byte[]>> records, String newNote) {
    return outbox.hand(records, newNote);
  }

  /** As {@link #publish(List, String)}; the note that was left before stays. */
  public Future<Void> publish(List<ProducerRecord<byte[], byte[]>> records) {
    return outbox.hand(records, null);
  }

  /** Leaves a note for the successor, and nothing else. */
  public Future<Void> leave(String newNote) {
    return outbox.hand(List.of(), newNote);
  }

  /** Gives the lease back, so that others need not wait. */
  public Future<Void> close() {
    tenure.end();
    outbox.close();
    if (thread.getState() == Thread.State.NEW) {
      outbox.abandon(notWritten());
      closed.tryComplete();
    }
    return closed.future();
  }

  private void run() {
    try (LeaseLog log = new LeaseLog(kafka, settings)) {
      acquire(log);
      while (!outbox.isClosing()) {
        outbox.pause(troubled ? RETRY_MILLIS : settings.beat().toMillis(), troubled);
        if (!outbox.isClosing()) {
          beat(log, false);
        }
      }
      beat(log, true);
      failure.tryComplete();
      taken.tryFail(new IllegalStateException("the lease was closed"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(e);
    } catch (RuntimeException e) {
      fail(e);
    } finally {
      outbox.abandon(notWritten());
      closed.tryComplete();
    }
  }

  private String notWritten() {
    return settings.what() + ": not written";
  }

  private void fail(Throwable e) {
    LOG.error("{}: {}", settings.what(), e.toString());
    taken.tryFail(e);
    failure.tryFail(e);
  }

  // ---- to become the holder

  private void acquire(LeaseLog log) throws InterruptedException {
    LeaseState seen = null;
    long unchangedSince = System.nanoTime();
    while (!outbox.isClosing()) {
      try {
        LeaseState now = log.look();
        if (!Objects.equals(now, seen)) {
          seen = now;
          unchangedSince = System.nanoTime();
        }
        boolean dead = System.nanoTime() - unchangedSince > settings.patience().toNanos();
        if (now == null || now.released() || now.holder().id().equals(settings.me().id()) || dead) {
          if (take(log, now, dead)) {
            return;
          }
        } else {
          standBy(now);
        }
        troubled = false;
      } catch (KafkaException e) {
        log.drop();
        trouble(e);
      }
      outbox.pause(RETRY_MILLIS, troubled);
    }
  }

  private void standBy(LeaseState now) {
    String line =
        "%s is led by %s since %s; this process stands by and takes over when that one is gone"
            .formatted(
                settings.what(),
                now.holder().where(),
                Instant.ofEpochMilli(now.sinceMillis()).truncatedTo(ChronoUnit.SECONDS));
    if (standingBy.tryComplete(line)) {
      LOG.warn("{}", line);
    }
  }

  private boolean take(LeaseLog log, @Nullable LeaseState free, boolean dead)
      throws InterruptedException {
    log.fence();
    if (!Objects.equals(log.look(), free)) {
      log.drop();
      return false;
    }
    long began = System.nanoTime();
    LeaseState word =
        new LeaseState(
            free == null ? 1 : free.beat() + 1,
            settings.me(),
            System.currentTimeMillis(),
            false,
            free == null ? "" : free.note());
    log.write(word, List.of());
    if (dead && free != null) {
      LOG.warn("{}: {} has gone silent, taken over", settings.what(), free.holder().where());
    }
    mine = word;
    outbox.inherit(word.note());
    confirmed(began);
    taken.tryComplete(new Taken(word.note()));
    return true;
  }

  // ---- to stay the holder

  private void beat(LeaseLog log, boolean release) throws InterruptedException {
    LeaseState last = mine;
    if (last == null) {
      return;
    }
    Publication with = outbox.next();
    long began = System.nanoTime();
    try {
      if (!log.isReady()) {
        last = reclaim(log, last);
      }
      LeaseState next = last.next(outbox.noteOf(with), release);
      log.write(next, with.records());
      mine = next;
      outbox.sent(with);
      confirmed(began);
    } catch (KafkaException e) {
      log.drop();
      trouble(e);
    }
  }

  /** After trouble, of which fencing is one kind: the log decides. */
  private LeaseState reclaim(LeaseLog log, LeaseState last) throws InterruptedException {
    requireMine(log.look(), last);
    log.fence();
    return requireMine(log.look(), last);
  }

  private LeaseState requireMine(@Nullable LeaseState now, LeaseState last) {
    if (now == null) {
      return last; // forgotten, as offsets are after a week without Kafka: nobody has taken it
    }
    if (!now.isOf(settings.me())) {
      throw tenure.lose(settings.what(), now);
    }
    return now;
  }

  private void confirmed(long began) {
    if (troubled) {
      LOG.info("{}: confirmed again", settings.what());
    }
    troubled = false;
    tenure.confirm(began);
  }

  private void trouble(KafkaException e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof AuthorizationException
          || at instanceof AuthenticationException
          || at instanceof UnsupportedVersionException) {
        throw e;
      }
    }
    if (!troubled) {
      LOG.warn("{}: not confirmed for now, trying again: {}", settings.what(), e.toString());
    }
    troubled = true;
  }
}
