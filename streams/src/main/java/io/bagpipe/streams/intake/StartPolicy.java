package io.bagpipe.streams.intake;

import org.jspecify.annotations.Nullable;

/** Where consumption of a partition starts when it is claimed. Called on the consumer's thread. */
@FunctionalInterface
public interface StartPolicy {
  /**
   * @param committed what the group committed, null for nothing
   * @param earliest first offset in the log
   * @throws GapException when the place to start at cannot be known
   */
  long startOf(int partition, @Nullable Long committed, long earliest);
}
