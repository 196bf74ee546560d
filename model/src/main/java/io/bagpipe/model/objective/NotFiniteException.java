package io.bagpipe.model.objective;

/**
 * A loss, gradient or parameter is not finite. Training cannot go on from here, and nothing of it
 * may be kept: the service stops and resumes from its last checkpoint.
 */
public final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NotFiniteException(String message) {
    super(message);
  }
}
