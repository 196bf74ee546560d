package io.bagpipe.streams.kafka;

/** A topic exists, but not as Bagpipe needs it; the message says what to change. */
public final class TopicMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean mayPass;

  public TopicMismatchException(String message) {
    this(message, false);
  }

  /**
   * @param mayPass whether it may be that the cluster does not know its own change yet
   */
  TopicMismatchException(String message, boolean mayPass) {
    super(message);
    this.mayPass = mayPass;
  }

  boolean mayPass() {
    return mayPass;
  }
}
