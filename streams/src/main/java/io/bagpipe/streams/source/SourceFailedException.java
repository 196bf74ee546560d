package io.bagpipe.streams.source;

/** The source will deliver nothing more; the cause (a GapException, say) tells why. */
public final class SourceFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SourceFailedException(Throwable cause) {
    super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
  }
}
