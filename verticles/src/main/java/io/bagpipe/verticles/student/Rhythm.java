package io.bagpipe.verticles.student;

import io.bagpipe.verticles.config.CheckpointConfig;

/** When to evaluate and when to save. Confined to the training thread. */
final class Rhythm {
  private final CheckpointConfig checkpoint;
  private final long evaluateEvery;
  private long nextEvaluation;
  private long savedNanos;
  private long savedAnchors;

  /**
   * @param evaluateEvery anchors between two evaluations, 0 for none in between
   */
  Rhythm(CheckpointConfig checkpoint, long evaluateEvery) {
    this.checkpoint = checkpoint;
    this.evaluateEvery = evaluateEvery;
  }

  void start(long anchors) {
    saved(anchors);
    nextEvaluation =
        evaluateEvery == 0 ? Long.MAX_VALUE : (anchors / evaluateEvery + 1) * evaluateEvery;
  }

  boolean evaluationDue(long anchors) {
    if (anchors < nextEvaluation) {
      return false;
    }
    nextEvaluation += evaluateEvery;
    return true;
  }

  boolean checkpointDue(long anchors) {
    boolean byImages =
        checkpoint.everyImages() > 0 && anchors - savedAnchors >= checkpoint.everyImages();
    return byImages || System.nanoTime() - savedNanos >= checkpoint.every().toNanos();
  }

  void saved(long anchors) {
    savedAnchors = anchors;
    savedNanos = System.nanoTime();
  }
}
