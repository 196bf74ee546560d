package io.bagpipe.verticles.ops.events;

/** What a stage is doing. */
public enum StageState {
  RUNNING,
  /** For input, or for its gate to open. */
  WAITING,
  /** Reading back its window or its checkpoint; not ready yet. */
  RESTORING,
  /** Another process does this stage's work; this one takes over when that one is gone. */
  STANDBY,
  /** Judging the student on held-out images; trains meanwhile nothing. */
  EVALUATING,
  /** Writing a checkpoint. */
  SAVING,
  PAUSED,
  FAILED,
  STOPPED
}
