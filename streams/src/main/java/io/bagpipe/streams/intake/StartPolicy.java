package io.bagpipe.streams.intake;

import org.jspecify.annotations.Nullable;

/** Where consumption of a partition starts when it is claimed. Called on the consumer's thread. */
@FunctionalInterface
public interface StartPolicy {
  /** Go on after the group's committed work; a partition without any starts at its beginning. */
  StartPolicy COMMITTED =
      (partition, committed, earliest) -> committed == null ? earliest : committed;

  /**
   * @param committed what the group committed, null for nothing
   * @param earliest first offset in the log
   */
  long startOf(int partition, @Nullable Long committed, long earliest);
}
