package io.bagpipe.streams.kafka;

/** A topic exists, but not as Bagpipe needs it; the message says what to change. */
public final class TopicMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TopicMismatchException(String message) {
    super(message);
  }
}
