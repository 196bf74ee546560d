package io.bagpipe.verticles.ops.status;

/** A topic that stages need is not there: waiting does not bring it back, a start makes it. */
public final class TopicMissingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TopicMissingException(String topic, Throwable cause) {
    super("it has no topic " + topic, cause);
  }
}
