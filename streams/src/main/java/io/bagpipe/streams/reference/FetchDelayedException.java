package io.bagpipe.streams.reference;

import java.time.Duration;

/** It cannot be had just now. */
public final class FetchDelayedException extends FetchException {
  private static final long serialVersionUID = 1L;

  private final Duration after;

  /**
   * @param after how long the other side asks to be left alone; 0: it does not say
   */
  public FetchDelayedException(String message, Duration after) {
    super(message);
    this.after = after;
  }

  public FetchDelayedException(String message) {
    this(message, Duration.ZERO);
  }

  public Duration after() {
    return after;
  }
}
