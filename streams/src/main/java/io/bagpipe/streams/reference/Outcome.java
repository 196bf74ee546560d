package io.bagpipe.streams.reference;

/** What came of a reference, for good. */
public sealed interface Outcome {
  /** The image. */
  record Had(Fetched image) implements Outcome {}

  /**
   * None.
   *
   * @param message one line
   */
  record Refused(Refusal refusal, String message) implements Outcome {}
}
