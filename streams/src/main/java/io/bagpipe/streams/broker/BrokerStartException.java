package io.bagpipe.streams.broker;

import org.jspecify.annotations.Nullable;

/** The embedded broker could not start; the message is one line that says what to do. */
public class BrokerStartException extends Exception {
  private static final long serialVersionUID = 1L;

  public BrokerStartException(String message) {
    super(message);
  }

  public BrokerStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
