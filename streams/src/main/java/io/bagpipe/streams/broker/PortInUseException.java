package io.bagpipe.streams.broker;

/** The fixed port that was asked for is taken. */
public final class PortInUseException extends BrokerStartException {
  private static final long serialVersionUID = 1L;

  PortInUseException(String host, int port, Throwable cause) {
    super(
        "port "
            + port
            + " on "
            + host
            + " is in use: choose another port for the broker, or 0 for any free one",
        cause);
  }
}
