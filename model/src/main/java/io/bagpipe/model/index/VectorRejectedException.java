package io.bagpipe.model.index;

/** A vector that cannot stand in the window; nothing of the call it came with has been taken. */
public final class VectorRejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why, in classes that operators count by. */
  public enum Reason {
    WRONG_LENGTH,
    NOT_FINITE,
    ZERO,
    NOT_UNIT
  }

  private final Reason reason;
  private final int position;

  VectorRejectedException(Reason reason, int position, String message) {
    super(message);
    this.reason = reason;
    this.position = position;
  }

  public Reason reason() {
    return reason;
  }

  /** Which entry of the call, from 0. */
  public int position() {
    return position;
  }
}
