package io.bagpipe.streams.stage;

import java.util.Map;

/**
 * How fast a group commits on a topic: offsets a second, transaction markers among them, as a mean
 * that forgets with a time constant of two seconds. Not thread-safe.
 */
final class Pace {
  private static final double MEMORY_NANOS = 2e9;

  private Map<Integer, Long> before = Map.of();
  private long lookedAt;
  private double perSecond;

  /**
   * Takes in where the group is.
   *
   * @param committed by partition; one that is new here counts from the next look on
   * @param nanos of a clock that only rises
   */
  void looked(Map<Integer, Long> committed, long nanos) {
    double passed = nanos - lookedAt;
    if (!before.isEmpty() && passed > 0) {
      long taken = 0;
      for (Map.Entry<Integer, Long> now : committed.entrySet()) {
        taken += Math.max(0, now.getValue() - before.getOrDefault(now.getKey(), now.getValue()));
      }
      double kept = Math.exp(-passed / MEMORY_NANOS);
      perSecond = kept * perSecond + (1 - kept) * taken / (passed / 1e9);
    }
    before = Map.copyOf(committed);
    lookedAt = nanos;
  }

  double perSecond() {
    return perSecond;
  }
}
