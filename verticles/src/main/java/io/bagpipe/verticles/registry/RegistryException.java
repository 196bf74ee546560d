package io.bagpipe.verticles.registry;

/** What was asked of the registry cannot be done; the message is one line for whoever asked. */
public final class RegistryException extends Exception {
  private static final long serialVersionUID = 1L;

  public RegistryException(String message) {
    super(message);
  }
}
