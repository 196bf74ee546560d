package io.bagpipe.model.engine.ranks;

/** The ranks cannot go on together: one is gone, late, or does something else. */
public final class RanksException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public RanksException(String message, Throwable cause) {
    super(message, cause);
  }
}
