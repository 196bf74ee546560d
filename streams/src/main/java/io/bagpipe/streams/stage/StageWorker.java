package io.bagpipe.streams.stage;

import io.bagpipe.streams.intake.Backoff;
import io.bagpipe.streams.intake.Claim;
import io.bagpipe.streams.intake.Delivery;
import io.bagpipe.streams.intake.Intake;
import io.bagpipe.streams.record.OutputRecord;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loop of a stage's worker: takes what comes, calls the function, hands on what came of it. */
final class StageWorker {
  private static final Logger LOG = LoggerFactory.getLogger(StageWorker.class);

  private final StageSettings settings;
  private final StageFunction function;
  private final Intake intake;
  private final Outbox outbox;
  private final StageCounters counters;
  private final @Nullable LagGate gate;
  private final Set<Claim> held = new HashSet<>();
  private volatile boolean stopping;
  private volatile long busySinceNanos;
  private volatile @Nullable String fault;

  StageWorker(
      StageSettings settings,
      StageFunction function,
      Intake intake,
      Outbox outbox,
      StageCounters counters,
      @Nullable LagGate gate) {
    this.settings = settings;
    this.function = function;
    this.intake = intake;
    this.outbox = outbox;
    this.counters = counters;
    this.gate = gate;
  }

  /** From any thread: no more batches after the one at hand. */
  void stop() {
    stopping = true;
    intake.queue().close();
  }

  /** Time in the function, with the call at hand. From any thread. */
  long busyNanos() {
    long since = busySinceNanos;
    return counters.busyNanos.get() + (since == 0 ? 0 : System.nanoTime() - since);
  }

  /** The fault that is waited out just now; null: none. From any thread. */
  @Nullable String fault() {
    return fault;
  }

  void run() throws Exception {
    try {
      while (!stopping) {
        Delivery delivery =
            intake.queue().next(settings.batch(), this::mayWork, 1, TimeUnit.SECONDS);
        if (delivery != null && !stopping) {
          handle(delivery);
        }
      }
    } finally {
      held.forEach(claim -> function.revoked(claim.partition()));
    }
  }

  private boolean mayWork() {
    return !stopping && (gate == null || gate.isOpen());
  }

  private void handle(Delivery delivery) throws Exception {
    Claim claim = delivery.claim();
    if (delivery instanceof Delivery.Claimed) {
      LOG.info(
          "stage {} has partition {} from offset {}",
          settings.stage(),
          claim.partition(),
          claim.startOffset());
      held.add(claim);
      assign(claim);
    } else if (delivery instanceof Delivery.Lost) {
      LOG.info("stage {} lost partition {}", settings.stage(), claim.partition());
      held.remove(claim);
      function.revoked(claim.partition());
    } else if (delivery instanceof Delivery.Batch batch && claim.isLive()) {
      work(batch);
    }
  }

  /** State may have to be rebuilt from a log whose broker is away: tried until it is back. */
  private void assign(Claim claim) throws Exception {
    retried(
        claim,
        () -> {
          function.assigned(claim.partition(), claim.startOffset());
          return StageOutput.NOTHING;
        });
  }

  private interface Work {
    StageOutput run() throws Exception;
  }

  /** Tries again what a passing fault stopped; null when nobody wants it any more. */
  private @Nullable StageOutput retried(Claim claim, Work work) throws Exception {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5));
    try {
      while (!stopping && claim.isLive()) {
        try {
          return work.run();
        } catch (RetriableException e) {
          long wait = backoff.nextMillis();
          fault = "partition " + claim.partition() + ": " + e;
          LOG.warn("stage {}, {}; next try in {} ms", settings.stage(), fault, wait);
          pause(claim, wait);
        }
      }
      return null;
    } finally {
      fault = null;
    }
  }

  private void pause(Claim claim, long millis) throws InterruptedException {
    long until = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    while (!stopping && claim.isLive() && System.nanoTime() - until < 0) {
      Thread.sleep(20);
    }
  }

  /** The function may take a batch in parts; each is committed by itself. */
  private void work(Delivery.Batch batch) throws Exception {
    Delivery.Batch left = batch;
    while (left != null) {
      Delivery.Batch now = left;
      StageOutput output = retried(now.claim(), () -> timed(now));
      if (output == null || !now.claim().isLive()) {
        return;
      }
      if (gate != null) {
        gate.pending(
            output.records().size(),
            output.records().stream().mapToLong(OutputRecord::sizeBytes).sum());
      }
      int taken = Math.min(output.taken(), now.records().size());
      outbox.put(Finished.of(now.part(0, taken), output));
      left = taken == now.records().size() ? null : now.part(taken, now.records().size());
    }
  }

  private StageOutput timed(Delivery.Batch batch) throws Exception {
    long start = System.nanoTime();
    busySinceNanos = start;
    try {
      return function.apply(batch.records());
    } finally {
      busySinceNanos = 0;
      counters.busyNanos.addAndGet(System.nanoTime() - start);
    }
  }
}
