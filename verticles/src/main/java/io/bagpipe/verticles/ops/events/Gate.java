package io.bagpipe.verticles.ops.events;

/** The gate in front of a stage's output: closed while its consumer lags too far behind. */
public enum Gate {
  OPEN,
  CLOSED,
  /** This stage has no gate. */
  NONE
}
