package io.bagpipe.verticles.service;

import org.jspecify.annotations.Nullable;

/** The service cannot start or cannot go on; the message is one line for the user. */
public final class ServiceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ServiceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
