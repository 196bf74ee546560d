package io.bagpipe.streams.stage;

/** A stage's life: only forwards, but for RUNNING and BACKING_OFF, which alternate. */
public enum StageState {
  NEW,
  STARTING,
  RUNNING,
  /**
   * A passing fault, of Kafka or of what a function asks; finished work is kept and tried again.
   */
  BACKING_OFF,
  STOPPING,
  STOPPED,
  /** A fault that repeating does not mend; nothing of the failed work was committed. */
  FAILED
}
