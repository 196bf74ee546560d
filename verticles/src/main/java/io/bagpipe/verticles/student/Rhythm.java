package io.bagpipe.verticles.student;

import io.bagpipe.verticles.config.CheckpointConfig;
import java.util.function.LongSupplier;

/**
 * When to evaluate and when to save. An evaluation that is due waits as long as it would take more
 * than its share of the trainer's time. Confined to the training thread.
 */
final class Rhythm {
  private final CheckpointConfig checkpoint;
  private final long evaluateEvery;
  private final double share;
  private final LongSupplier nanoTime;
  private long nextEvaluation;
  private long startedNanos;
  private long evaluatingNanos;
  private long latestNanos;
  private long savedNanos;
  private long savedAnchors;

  /**
   * @param evaluateEvery anchors between two evaluations, 0 for none in between
   * @param share most of the trainer's time that goes into evaluations that nobody asked for
   * @param nanoTime {@link System#nanoTime}
   */
  Rhythm(CheckpointConfig checkpoint, long evaluateEvery, double share, LongSupplier nanoTime) {
    this.checkpoint = checkpoint;
    this.evaluateEvery = evaluateEvery;
    this.share = share;
    this.nanoTime = nanoTime;
  }

  void start(long anchors) {
    startedNanos = nanoTime.getAsLong();
    saved(anchors);
    nextEvaluation = evaluateEvery == 0 ? Long.MAX_VALUE : next(anchors);
  }

  boolean evaluationDue(long anchors) {
    return anchors >= nextEvaluation && isAffordable();
  }

  /** As if it took as long as the last one. */
  private boolean isAffordable() {
    long afterwards = nanoTime.getAsLong() - startedNanos + latestNanos;
    return evaluatingNanos + latestNanos <= share * afterwards;
  }

  /** An evaluation has taken so long, or has failed after it. */
  void evaluated(long anchors, long nanos) {
    evaluatingNanos += nanos;
    latestNanos = nanos;
    nextEvaluation = evaluateEvery == 0 ? Long.MAX_VALUE : next(anchors);
  }

  private long next(long anchors) {
    return (anchors / evaluateEvery + 1) * evaluateEvery;
  }

  boolean checkpointDue(long anchors) {
    boolean byImages =
        checkpoint.everyImages() > 0 && anchors - savedAnchors >= checkpoint.everyImages();
    return byImages || nanoTime.getAsLong() - savedNanos >= checkpoint.every().toNanos();
  }

  void saved(long anchors) {
    savedAnchors = anchors;
    savedNanos = nanoTime.getAsLong();
  }
}
