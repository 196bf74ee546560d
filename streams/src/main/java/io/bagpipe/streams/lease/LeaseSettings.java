package io.bagpipe.streams.lease;

import java.time.Duration;
import org.apache.kafka.common.TopicPartition;

/**
 * A lease and who wants it.
 *
 * @param name transactional id and consumer group of the lease
 * @param what for people: "the student of service bagpipe"
 * @param at an existing partition; the lease is kept as the group's committed offset of it, and
 *     nothing of it is read or changed
 * @param beat how often the holder says that it lives
 * @param valid so long after the beginning of a beat that was written its holder may act
 * @param patience so long without a new beat a holder counts as dead; longer than valid, so that
 *     nobody takes the lease of one who may still act
 */
public record LeaseSettings(
    String name,
    String what,
    Holder me,
    TopicPartition at,
    Duration beat,
    Duration valid,
    Duration patience) {
  public LeaseSettings {
    if (beat.compareTo(valid) >= 0 || valid.compareTo(patience) >= 0) {
      throw new IllegalArgumentException(
          "beat %s, valid %s, patience %s: each must be longer than the one before"
              .formatted(beat, valid, patience));
    }
  }

  /** A beat a second, valid for 6 s; dead after 10 s. */
  public static LeaseSettings of(String name, String what, Holder me, TopicPartition at) {
    return new LeaseSettings(
        name, what, me, at, Duration.ofSeconds(1), Duration.ofSeconds(6), Duration.ofSeconds(10));
  }
}
