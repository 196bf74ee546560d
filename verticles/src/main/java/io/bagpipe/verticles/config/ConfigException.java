package io.bagpipe.verticles.config;

/**
 * The configuration cannot be used. The message is one line: the key's path, the value, and what
 * would be valid.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}
