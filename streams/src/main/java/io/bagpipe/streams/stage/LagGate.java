package io.bagpipe.streams.stage;

import io.bagpipe.streams.kafka.KafkaSettings;
import io.bagpipe.streams.kafka.TopicAdmin;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes when the group downstream is too far behind on a stage's output topic, and opens again
 * when it has caught up. A topic is a queue without a bound; this is its bound.
 *
 * <p>In bytes the bound is fixed. In records it is a floor: a group that is fast may be further
 * behind, by what it takes in {@link Settings#ahead}, since the broker is asked a few times a
 * second only and a fixed number of records may be less than it takes in between.
 *
 * <p>The lag is the sum over partitions of what this process produced and the group has not
 * committed (counted record by record, at once), of what is on its way, and of offsets that others,
 * or this stage's former life, produced (looked up each period; counted as one record each, though
 * some are transaction markers, with the mean size of those known). Idle consumers commit beyond
 * the markers, so that what is counted too much goes away.
 *
 * <p>Safe to use from any thread; nothing blocks. While the broker cannot be asked, the last state
 * holds.
 */
public final class LagGate {
  private static final Logger LOG = LoggerFactory.getLogger(LagGate.class);

  /**
   * @param group that consumes the output topic
   * @param lowRecords opens when at or below this, and at or below lowBytes
   * @param highRecords closes when at or above this, or at or above highBytes
   * @param period of looking at the broker
   * @param ahead what the group downstream takes in this time may wait in any case, within the
   *     bytes; zero: no more than the records
   */
  public record Settings(
      String group,
      long lowRecords,
      long highRecords,
      long lowBytes,
      long highBytes,
      Duration period,
      Duration ahead) {
    public static final Duration DEFAULT_PERIOD = Duration.ofMillis(200);

    public Settings {
      if (lowRecords < 0 || highRecords <= lowRecords || lowBytes < 0 || highBytes <= lowBytes) {
        throw new IllegalArgumentException(
            "gate marks are %d to %d records and %d to %d bytes, must be 0 <= low < high"
                .formatted(lowRecords, highRecords, lowBytes, highBytes));
      }
      if (ahead.isNegative()) {
        throw new IllegalArgumentException("gate ahead is " + ahead + ", must be at least 0");
      }
      if (period.toMillis() < 1) {
        throw new IllegalArgumentException("gate period is " + period + ", must be at least 1 ms");
      }
    }

    /** Opens at half of the given marks; looks five times a second. */
    public static Settings of(String group, long highRecords, long highBytes) {
      return new Settings(
          group,
          highRecords / 2,
          highRecords,
          highBytes / 2,
          highBytes,
          DEFAULT_PERIOD,
          Duration.ZERO);
    }

    /** The low and the high mark in records for a group that takes so many a second. */
    long[] records(double perSecond) {
      double often = Math.max(1, perSecond * (ahead.toNanos() / 1e9) / highRecords);
      return new long[] {(long) (lowRecords * often), (long) (highRecords * often)};
    }
  }

  /**
   * @param lagRecords behind which the group downstream is, in records
   * @param lagBytes the same in bytes, partly estimated
   * @param fault why the broker could not be asked the last time, else null
   */
  public record Status(boolean open, long lagRecords, long lagBytes, @Nullable String fault) {}

  private final Vertx vertx;
  private final String topic;
  private final Settings settings;
  private final TopicAdmin admin;
  private final Runnable onOpen;

  // guarded by this
  private final LagCount count;
  private final Pace pace = new Pace();
  private boolean open;
  private boolean stopped;
  private @Nullable String fault;

  /**
   * @param onOpen called whenever the gate opens
   */
  public LagGate(
      Vertx vertx, KafkaSettings kafka, String topic, Settings settings, Runnable onOpen) {
    this.vertx = vertx;
    this.topic = topic;
    this.settings = settings;
    this.admin = new TopicAdmin(vertx, kafka);
    this.onOpen = onOpen;
    this.count = new LagCount(settings.highBytes() / settings.highRecords());
  }

  /** Closed until the first look, which this waits for; fails when that fails. */
  public Future<Void> start() {
    return refresh().onSuccess(v -> schedule());
  }

  private void schedule() {
    vertx.setTimer(settings.period().toMillis(), t -> refreshAndSchedule());
  }

  private void refreshAndSchedule() {
    if (!isStopped()) {
      refresh().onComplete(done -> schedule());
    }
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  private Future<Void> refresh() {
    // commits first: what is committed in between then counts as lag, not as progress
    return admin
        .committedOffsets(settings.group(), topic)
        .compose(committed -> admin.endOffsets(topic).compose(end -> withStart(committed, end)))
        .onFailure(this::failed)
        .mapEmpty();
  }

  private Future<Void> withStart(Map<Integer, Long> committed, Map<Integer, Long> end) {
    if (committed.keySet().containsAll(end.keySet())) {
      return looked(committed, Map.of(), end);
    }
    return admin.earliestOffsets(topic).compose(start -> looked(committed, start, end));
  }

  private Future<Void> looked(
      Map<Integer, Long> committed, Map<Integer, Long> start, Map<Integer, Long> end) {
    boolean opened;
    synchronized (this) {
      fault = null;
      pace.looked(committed, System.nanoTime());
      end.forEach(
          (partition, to) ->
              count.looked(
                  partition,
                  committed.getOrDefault(partition, start.getOrDefault(partition, 0L)),
                  to));
      opened = update();
    }
    if (opened) {
      onOpen.run();
    }
    return Future.succeededFuture();
  }

  private void failed(Throwable error) {
    synchronized (this) {
      if (stopped || fault != null) {
        return;
      }
      fault = error.toString();
    }
    LOG.warn("lag of {} on {} is unknown for now: {}", settings.group(), topic, error.toString());
  }

  /** Results that will be produced: counted from now on. */
  synchronized void pending(long records, long bytes) {
    count.pending(records, bytes);
    update();
  }

  /** Results that will not be produced after all. */
  void dropped(long records, long bytes) {
    boolean opened;
    synchronized (this) {
      count.pending(-records, -bytes);
      opened = update();
    }
    if (opened) {
      onOpen.run();
    }
  }

  /** Pending results that are committed now. */
  synchronized void produced(List<SentRecord> sent) {
    for (SentRecord record : sent) {
      count.pending(-1, -record.bytes());
      count.produced(record.partition(), record.offset(), record.bytes());
    }
    update();
  }

  /** True when the gate has just opened. */
  private boolean update() {
    long records = count.records();
    long bytes = count.bytes();
    long[] marks = settings.records(pace.perSecond());
    if (records >= marks[1] || bytes >= settings.highBytes()) {
      open = false;
    } else if (!open && records <= marks[0] && bytes <= settings.lowBytes()) {
      open = true;
      return true;
    }
    return false;
  }

  public synchronized boolean isOpen() {
    return open;
  }

  public synchronized Status status() {
    return new Status(open, count.records(), count.bytes(), fault);
  }

  public Future<Void> stop() {
    synchronized (this) {
      stopped = true;
    }
    return admin.close();
  }
}
