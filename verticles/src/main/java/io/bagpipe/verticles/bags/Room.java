package io.bagpipe.verticles.bags;

import java.util.function.LongPredicate;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Memory for the windows of one process. After a failover it may be given many partitions; each
 * window grows with its images, up to its bounds, and together they may be more than there is. So
 * before a record goes into one of several windows it is looked whether they are tight already;
 * then the partition whose turn it is gives way, and waits for another process. One window always
 * has room: that it fits is checked at the start.
 *
 * @param tight whether windows that take so many bytes leave too little
 * @param giveUp takes the partition from this process, with the reason
 */
record Room(LongPredicate tight, GiveUp giveUp) {
  /** For windows that are not counted. */
  static final Room ANY = new Room(bytes -> false, (partition, reason) -> {});

  private static final long MIB = 1 << 20;

  /** Takes a partition from this process. */
  interface GiveUp {
    void accept(int partition, String reason);
  }

  /** The partition is not this process's any more: what was begun for it is dropped. */
  static final class GivenUpException extends RetriableException {
    private static final long serialVersionUID = 1L;

    GivenUpException(String message) {
      super(message);
    }
  }

  /**
   * Before a window grows.
   *
   * @param partition whose window it is
   * @param windows how many there are
   * @param bytes what all of them take
   * @throws GivenUpException when there is none left
   */
  void require(int partition, int windows, long bytes) {
    if (windows > 1 && tight.test(bytes)) {
      String reason =
          "no memory for its window beside others, %d windows take %d MiB outside the heap"
              .formatted(windows, bytes / MIB);
      giveUp.accept(partition, reason);
      throw new GivenUpException(reason);
    }
  }
}
