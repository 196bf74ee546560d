package io.bagpipe.streams.reference;

import java.util.concurrent.atomic.LongAdder;

/** What fetching came to since the start. Safe to use from any thread. */
public final class FetchCounts {
  private final LongAdder fetches = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder delayed = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  /**
   * @param fetches that brought an image
   * @param bytes of those images
   * @param refused tries that ended for good without one
   * @param delayed tries that ended without one for now
   * @param seconds that all tries took, together
   */
  public record Now(long fetches, long bytes, long refused, long delayed, double seconds) {}

  public Now now() {
    return new Now(fetches.sum(), bytes.sum(), refused.sum(), delayed.sum(), nanos.sum() / 1e9);
  }

  void fetched(int size) {
    fetches.increment();
    bytes.add(size);
  }

  void refused() {
    refused.increment();
  }

  void delayed() {
    delayed.increment();
  }

  void took(long time) {
    nanos.add(time);
  }
}
