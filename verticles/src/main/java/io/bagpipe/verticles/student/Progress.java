package io.bagpipe.verticles.student;

import io.bagpipe.model.train.StepReport;
import io.bagpipe.verticles.ops.events.StepEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers steps into a few events a second, and keeps the time that steps take. Written by the
 * training thread; {@link #anchors} and the times may be read by others.
 */
final class Progress {
  private static final long EVENT_NANOS = 250_000_000;

  private final Consumer<StepEvent> events;
  private final Activity activity;
  private long since = System.nanoTime();
  private long steps;
  private long stepAnchors;
  private double loss;
  private final Map<String, Double> terms = new LinkedHashMap<>();
  private final Map<String, Long> termSteps = new HashMap<>();
  private @Nullable StepReport last;
  private volatile long anchors;
  private final LongAdder busyNanos = new LongAdder();
  private final LongAdder starvedNanos = new LongAdder();
  private final LongAdder savingNanos = new LongAdder();
  private final LongAdder checkpoints = new LongAdder();

  Progress(Consumer<StepEvent> events, Activity activity) {
    this.events = events;
    this.activity = activity;
  }

  void start(long trained) {
    anchors = trained;
    since = System.nanoTime();
  }

  void add(StepReport step, long batch, long nanos) {
    steps++;
    stepAnchors += batch;
    loss += step.loss().loss();
    // not every step has every term
    step.loss()
        .terms()
        .forEach(
            (term, value) -> {
              terms.merge(term, value, Double::sum);
              termSteps.merge(term, 1L, Long::sum);
            });
    last = step;
    anchors = step.anchors();
    busyNanos.add(nanos);
    if (System.nanoTime() - since > EVENT_NANOS) {
      flush();
    }
  }

  /** Says what has not been said yet. */
  void flush() {
    StepReport step = last;
    if (steps > 0 && step != null) {
      long now = System.nanoTime();
      terms.replaceAll((term, sum) -> sum / termSteps.getOrDefault(term, 1L));
      events.accept(
          new StepEvent(
              step.anchors(),
              loss / steps,
              terms,
              step.rate(),
              stepAnchors / Math.max(1e-6, (now - since) / 1e9),
              Instant.now()));
    }
    steps = 0;
    stepAnchors = 0;
    loss = 0;
    terms.clear();
    termSteps.clear();
    since = System.nanoTime();
  }

  /** Mean loss of the newest step, NaN before the first. */
  double latestLoss() {
    StepReport step = last;
    return step == null ? Double.NaN : step.loss().loss();
  }

  /** What is done beside training steps. */
  Activity activity() {
    return activity;
  }

  long anchors() {
    return anchors;
  }

  /** The trainer waited so long for something to train. */
  void starved(long nanos) {
    starvedNanos.add(nanos);
  }

  /** A checkpoint was written, which took the trainer so long. */
  void saved(long nanos) {
    savingNanos.add(nanos);
    checkpoints.increment();
  }

  /** Time spent writing checkpoints: neither busy nor starved. */
  long savingNanos() {
    return savingNanos.sum();
  }

  /** Checkpoints written. */
  long checkpoints() {
    return checkpoints.sum();
  }

  /** Time spent waiting for input. */
  long starvedNanos() {
    return starvedNanos.sum();
  }

  /** Time spent in training steps. */
  long busyNanos() {
    return busyNanos.sum();
  }
}
