package io.bagpipe.streams.intake;

import io.bagpipe.streams.kafka.ClientMetrics;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.consumer.KafkaReadStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes one topic as a static member of a group into a {@link ClaimQueue}, through the Vert.x
 * Kafka client. It polls all the time, with a full queue too (then partitions are paused): no work,
 * however slow, costs the membership.
 *
 * <p>Methods may be called from any thread and do not block. Failed polls are repeated with bounded
 * back-off, unless repeating cannot help: then the handler is told, on the Vert.x context, and
 * polling ends.
 */
public final class Intake {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Vertx vertx;
  private final Context context;
  private final IntakeSettings settings;
  private final Map<String, Object> properties;
  private final ClientMetrics metrics;
  private final StartPolicy policy;
  private final Consumer<Throwable> onFatal;
  private final ClaimQueue queue;
  private final ProgressCommits progress;
  private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2));

  // Held in fields: an unreferenced Vert.x client is closed by the collector.
  private volatile @Nullable ClaimingConsumer consumer;
  private volatile @Nullable KafkaReadStream<byte[], byte[]> stream;
  private volatile @Nullable String fault;
  private volatile boolean stopping;

  /**
   * @param onFatal told at most once
   */
  public Intake(
      Vertx vertx,
      KafkaSettings kafka,
      IntakeSettings settings,
      StartPolicy policy,
      Consumer<Throwable> onFatal) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.settings = settings;
    this.policy = policy;
    this.onFatal = onFatal;
    this.properties = properties(kafka, settings);
    this.metrics = kafka.metrics();
    this.queue = new ClaimQueue(settings.queue(), this::wakeConsumer);
    this.progress = new ProgressCommits(settings.topic(), queue);
  }

  private static Map<String, Object> properties(KafkaSettings kafka, IntakeSettings settings) {
    Map<String, Object> tuning = new HashMap<>();
    tuning.put("session.timeout.ms", Long.toString(settings.sessionTimeout().toMillis()));
    tuning.put("heartbeat.interval.ms", Long.toString(settings.heartbeatInterval().toMillis()));
    tuning.put("fetch.max.bytes", Integer.toString(settings.maxFetchBytes()));
    tuning.put("max.partition.fetch.bytes", Integer.toString(settings.maxFetchBytes()));
    tuning.put("fetch.max.wait.ms", "100");
    tuning.put("metadata.max.age.ms", "30000"); // how soon a partition that was added is seen
    tuning.put("default.api.timeout.ms", "15000");
    tuning.put("request.timeout.ms", "10000");
    tuning.put("reconnect.backoff.max.ms", "2000");
    tuning.put("client.id", settings.group() + "-" + settings.instance());
    tuning.put("max.poll.records", Integer.toString(settings.recordsAtOnce()));
    Map<String, Object> fixed = new HashMap<>();
    fixed.put("group.id", settings.group());
    fixed.put("group.instance.id", settings.group() + "-" + settings.instance());
    fixed.put("group.protocol", "classic");
    fixed.put(
        "partition.assignment.strategy",
        "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
    fixed.put("auto.offset.reset", "none");
    fixed.put("allow.auto.create.topics", "false");
    return kafka.consumer(tuning, fixed);
  }

  public ClaimQueue queue() {
    return queue;
  }

  public IntakeStatus status() {
    ClaimingConsumer current = consumer;
    return queue.status(fault, current == null ? null : current.unclaimed());
  }

  /** Completes when subscribed; partitions follow as deliveries of the queue. */
  public Future<Void> start() {
    Promise<Void> started = Promise.promise();
    context.runOnContext(
        v ->
            vertx
                .executeBlocking(
                    () ->
                        watched(
                            new ClaimingConsumer(properties, settings, queue, policy, progress)),
                    false)
                .compose(this::subscribe)
                .onComplete(started));
    return started.future();
  }

  private ClaimingConsumer watched(ClaimingConsumer created) {
    return created.onClose(metrics.watch(created));
  }

  private Future<Void> subscribe(ClaimingConsumer created) {
    KafkaReadStream<byte[], byte[]> wrapped = KafkaReadStream.create(vertx, created);
    consumer = created;
    stream = wrapped;
    return wrapped.subscribe(Set.of(settings.topic())).onSuccess(v -> poll(wrapped));
  }

  private void poll(KafkaReadStream<byte[], byte[]> from) {
    if (!stopping) {
      from.poll(POLL).onSuccess(records -> polled(from, records)).onFailure(e -> failed(from, e));
    }
  }

  private void polled(
      KafkaReadStream<byte[], byte[]> from, ConsumerRecords<byte[], byte[]> records) {
    LOG.trace("polled {} records of {}", records.count(), settings.topic());
    if (fault != null) {
      fault = null;
      backoff.reset();
      LOG.info("consuming {} again", settings.topic());
    }
    poll(from);
  }

  private void failed(KafkaReadStream<byte[], byte[]> from, Throwable error) {
    if (stopping) {
      return;
    }
    fault = error.toString();
    if (isFatal(error)) {
      stopping = true;
      onFatal.accept(error);
      return;
    }
    long wait = backoff.nextMillis();
    LOG.warn("poll of {} failed, next try in {} ms: {}", settings.topic(), wait, error.toString());
    vertx.setTimer(wait, t -> poll(from));
  }

  private static boolean isFatal(Throwable error) {
    return error instanceof GapException
        || error instanceof FencedInstanceIdException
        || error instanceof AuthorizationException
        || error instanceof AuthenticationException
        || error instanceof UnsupportedVersionException
        || error.getCause() instanceof Error;
  }

  private void wakeConsumer() {
    ClaimingConsumer current = consumer;
    if (current != null && !stopping) {
      current.wakeup();
    }
  }

  /** The group's metadata to commit with; take it before looking whether claims are live. */
  public @Nullable ConsumerGroupMetadata groupMetadata() {
    ClaimingConsumer current = consumer;
    return current == null ? null : current.lastMetadata();
  }

  /**
   * What the group has committed for a partition, when no transaction on it is open; 0: nothing.
   */
  public Future<Long> committed(int partition) {
    KafkaReadStream<byte[], byte[]> current = stream;
    if (current == null || stopping) {
      return Future.failedFuture(new IllegalStateException("the intake is not running"));
    }
    return current
        .committed(new TopicPartition(settings.topic(), partition))
        .map(offset -> offset == null ? 0L : offset.offset());
  }

  /**
   * Gives a partition up that this process cannot work on; what is in work is dropped, as after a
   * loss. It waits until the group gives it to another process.
   *
   * @param reason one line, shown in {@link #status}
   */
  public void giveUp(int partition, String reason) {
    ClaimingConsumer current = consumer;
    if (current != null) {
      current.giveUp(partition, reason);
    }
  }

  /** Asynchronous and outside any transaction: for the gates upstream. */
  public void commitProgress(Claim claim, long nextOffset) {
    progress.progressed(claim, nextOffset);
  }

  /** Ends polling, wakes the worker (it gets null from now on) and leaves the group. */
  public Future<Void> stop() {
    stopping = true;
    queue.close();
    KafkaReadStream<byte[], byte[]> current = stream;
    return current == null ? Future.succeededFuture() : current.close();
  }
}
