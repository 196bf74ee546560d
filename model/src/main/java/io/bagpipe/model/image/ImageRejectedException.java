package io.bagpipe.model.image;

/** An image that cannot or may not be read; the stream goes on without it. */
public final class ImageRejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, in classes that operators count by. */
  public enum Reason {
    EMPTY,
    UNKNOWN_FORMAT,
    TOO_MANY_BYTES,
    TOO_MANY_PIXELS,
    CORRUPT,
    TIMED_OUT
  }

  private final Reason reason;

  public ImageRejectedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
