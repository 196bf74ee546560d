package io.bagpipe.streams.reference;

/** It cannot be had, and asking again does not help. */
public final class FetchRefusedException extends FetchException {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  public FetchRefusedException(Refusal refusal, String message) {
    super(message);
    this.refusal = refusal;
  }

  public Refusal refusal() {
    return refusal;
  }
}
