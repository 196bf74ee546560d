package io.bagpipe.streams.reference;

/** Why the image of a reference was not had. The message is one line. */
public abstract sealed class FetchException extends Exception
    permits FetchRefusedException, FetchDelayedException {
  private static final long serialVersionUID = 1L;

  FetchException(String message) {
    super(message);
  }
}
