package io.bagpipe.streams.stage;

import io.bagpipe.streams.intake.Intake;
import io.bagpipe.streams.intake.IntakeStatus;
import io.bagpipe.streams.kafka.KafkaSettings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage that consumes one topic, applies a function, and produces to one topic and to the dead
 * letters: exactly once, by committing the consumed offsets in the transaction that produces.
 * Output goes to the partition that its input came from, in order.
 *
 * <p>Threads: a poll loop on the Vert.x client, which never waits for work; one worker, which alone
 * calls the {@link StageFunction}; one committer. The worker is at the next batch while the
 * committer sends and commits the last ones. Bounds: the intake's queue, the outbox (twice a
 * transaction's bytes), and the gate on the lag downstream, if any.
 *
 * <p>Methods may be called from any thread and do not block. A stage starts once and stops once.
 */
public final class TransactionalStage {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionalStage.class);

  private static final Duration START_PATIENCE = Duration.ofSeconds(45);

  private final Vertx vertx;
  private final Context context;
  private final StageSettings settings;
  private final Intake intake;
  private final @Nullable LagGate gate;
  private final Outbox outbox;
  private final StageCounters counters = new StageCounters();
  private final Committer committer;
  private final TransactionalProducer producer;
  private final StageWorker worker;
  private final StageThread workerThread;
  private final StageThread committerThread;
  private final AtomicReference<StageState> state = new AtomicReference<>(StageState.NEW);
  private final Promise<Void> failure = Promise.promise();
  private final Promise<Void> stopped = Promise.promise();

  public TransactionalStage(
      Vertx vertx, KafkaSettings kafka, StageSettings settings, StageFunction function) {
    this(vertx, kafka, settings, function, new TransactionalProducer(kafka, settings));
  }

  /** With a producer that may be made to fail, for tests. */
  TransactionalStage(
      Vertx vertx,
      KafkaSettings kafka,
      StageSettings settings,
      StageFunction function,
      TransactionalProducer producer) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.settings = settings;
    this.producer = producer;
    this.intake =
        new Intake(
            vertx,
            kafka,
            settings.intake(),
            new AfterCommitted(kafka, settings),
            this::intakeFailed);
    this.gate = gate(vertx, kafka, settings);
    this.outbox = new Outbox(2 * settings.transactions().maxBytes());
    this.committer = new Committer(settings, producer, intake, outbox, counters, gate);
    this.worker = new StageWorker(settings, function, intake, outbox, counters, gate);
    String name = "bagpipe-" + settings.stage();
    this.workerThread = new StageThread(name + "-worker", worker::run, this::fail);
    this.committerThread = new StageThread(name + "-commit", committer::run, this::fail);
  }

  private @Nullable LagGate gate(Vertx onVertx, KafkaSettings kafka, StageSettings of) {
    LagGate.Settings limits = of.gate();
    String topic = of.outputTopic();
    return limits == null || topic == null
        ? null
        : new LagGate(onVertx, kafka, topic, limits, () -> intake.queue().wake());
  }

  /**
   * Completes when the broker has been reached, a former process of the same name is locked out,
   * and the topic is subscribed. After a failed start the stage is closed.
   */
  public Future<Void> start() {
    if (!state.compareAndSet(StageState.NEW, StageState.STARTING)) {
      return Future.failedFuture(
          new IllegalStateException("stage " + settings.stage() + " was started before"));
    }
    return context
        .executeBlocking(
            () -> {
              reachBroker();
              return null;
            },
            false)
        .compose(v -> gate == null ? Future.succeededFuture() : gate.start())
        .compose(
            v -> {
              workerThread.start();
              committerThread.start();
              return intake.start();
            })
        .onSuccess(v -> state.compareAndSet(StageState.STARTING, StageState.RUNNING))
        .onSuccess(v -> LOG.info("stage {} started", settings.stage()))
        .recover(e -> stop(Duration.ZERO).transform(done -> Future.failedFuture(e)));
  }

  /** A broker that is slow to come up is no reason to give up at once. */
  private void reachBroker() {
    long deadline = System.nanoTime() + START_PATIENCE.toNanos();
    while (true) {
      try {
        producer.ensureReady();
        return;
      } catch (TimeoutException e) {
        if (state() != StageState.STARTING || System.nanoTime() - deadline > 0) {
          throw e;
        }
        LOG.warn("stage {} has not reached the broker yet: {}", settings.stage(), e.getMessage());
      }
    }
  }

  /** Fails when the stage failed, with the reason; succeeds when it was stopped. */
  public Future<Void> failure() {
    return failure.future();
  }

  /**
   * Gives a partition up for as long as this process stays in the group and the group leaves it
   * here: what is not committed of it is dropped, to be done by whoever gets it.
   *
   * @param reason one line, shown in {@link #status}
   */
  public void giveUp(int partition, String reason) {
    LOG.warn("stage {} gives partition {} up: {}", settings.stage(), partition, reason);
    intake.giveUp(partition, reason);
  }

  /** Stops intake (polling goes on); what the worker has at hand is finished. */
  public void pause() {
    intake.queue().pause(true);
  }

  public void resume() {
    intake.queue().pause(false);
  }

  /**
   * Stops intake, lets the worker finish the batch at hand, commits what is finished, and closes in
   * reverse. What was queued is not lost: it was not committed. Past the deadline the rest is
   * abandoned in the same sense, and its threads are interrupted.
   */
  public Future<Void> stop(Duration deadline) {
    StageState before =
        state.getAndUpdate(
            s -> s == StageState.STOPPED || s == StageState.FAILED ? s : StageState.STOPPING);
    if (before == StageState.STOPPING
        || before == StageState.STOPPED
        || before == StageState.FAILED) {
      return stopped.future();
    }
    close(deadline, StageState.STOPPED).onComplete(v -> failure.tryComplete());
    return stopped.future();
  }

  /** Out of the group there is no committing; trying would only fence whoever took our place. */
  private void intakeFailed(Throwable error) {
    committer.abandon();
    fail(error);
  }

  private void fail(Throwable error) {
    StageState before =
        state.getAndUpdate(
            s -> s == StageState.STARTING || s == StageState.RUNNING ? StageState.FAILED : s);
    if (before == StageState.STARTING || before == StageState.RUNNING) {
      LOG.error("stage {} failed: {}", settings.stage(), error.toString(), error);
      close(Duration.ofSeconds(5), StageState.FAILED).onComplete(v -> failure.tryFail(error));
    } else {
      LOG.warn("stage {}, while stopping: {}", settings.stage(), error.toString());
    }
  }

  private Future<Void> close(Duration deadline, StageState last) {
    worker.stop();
    long timer = vertx.setTimer(Math.max(1, deadline.toMillis()), t -> abandon());
    return workerThread
        .ended()
        .compose(
            v -> {
              outbox.end();
              return committerThread.ended();
            })
        // only now: the offsets of the last transaction need this member of the group
        .compose(v -> intake.stop().transform(this::logged))
        .compose(v -> gate == null ? Future.succeededFuture() : gate.stop().transform(this::logged))
        .compose(v -> closeProducer())
        .onComplete(
            v -> {
              vertx.cancelTimer(timer);
              state.set(last);
              LOG.info("stage {} stopped", settings.stage());
              stopped.tryComplete();
            });
  }

  /** The committer closed it, unless it never ran. */
  private Future<Void> closeProducer() {
    return vertx
        .executeBlocking(
            () -> {
              producer.close();
              return null;
            },
            false)
        .transform(this::logged);
  }

  private <T> Future<Void> logged(@Nullable T done, @Nullable Throwable error) {
    if (error != null) {
      LOG.warn("stage {} did not close cleanly: {}", settings.stage(), error.toString());
    }
    return Future.succeededFuture();
  }

  private void abandon() {
    LOG.warn("stage {} did not stop in time, abandoning what is not committed", settings.stage());
    committer.abandon();
    outbox.end();
    workerThread.interrupt();
    committerThread.interrupt();
  }

  private StageState state() {
    return Objects.requireNonNull(state.get());
  }

  private static StageState backingOff(StageState now) {
    return now == StageState.RUNNING ? StageState.BACKING_OFF : now;
  }

  public StageStatus status() {
    String committing = committer.fault() != null ? committer.fault() : worker.fault();
    IntakeStatus in = intake.status();
    String consuming = in.fault() != null ? in.fault() : in.unclaimed();
    return new StageStatus(
        settings.stage(),
        committing == null && in.fault() == null ? state() : backingOff(state()),
        counters.recordsIn.get(),
        counters.recordsOut.get(),
        counters.deadLetters.get(),
        counters.bytesIn.get(),
        counters.bytesOut.get(),
        worker.busyNanos(),
        in,
        outbox.records(),
        outbox.bytes(),
        gate == null ? null : gate.status(),
        counters.lastProgressMillis.get(),
        counters.transactions.get(),
        counters.aborts.get(),
        committing != null ? committing : consuming);
  }
}
