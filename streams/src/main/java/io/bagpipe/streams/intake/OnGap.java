package io.bagpipe.streams.intake;

/**
 * What a consumer does when the place to go on from is gone: its records were deleted, or the
 * group's offsets expired, or the topic was made anew.
 */
public enum OnGap {
  /** Stop with a {@link GapException}: to go on may skip records, or handle some twice. */
  STOP,
  /** Say so and go on at the log's first record. */
  EARLIEST
}
