package io.bagpipe.verticles.ops.status;

import java.util.Locale;

/** How a stage is doing, as people care about it. */
public enum Condition {
  RUNNING,
  /** Nothing to do. */
  WAITING,
  /** Its gate is closed: backpressure, all is well. */
  HELD,
  PAUSED,
  RESTORING,
  EVALUATING,
  SAVING,
  /** Another process has its work; ready to take over. */
  STANDBY,
  /** It has input, and makes no progress. */
  STALLED,
  /** Not heard of for too long. */
  SILENT,
  FAILED,
  STOPPED;

  /** The name in JSON. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether somebody should look. */
  public boolean ill() {
    return this == STALLED || this == SILENT || this == FAILED;
  }
}
