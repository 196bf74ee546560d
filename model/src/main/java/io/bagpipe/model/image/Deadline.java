package io.bagpipe.model.image;

import java.time.Duration;

/** When a decode must have ended; decoders ask at least once a row of blocks or of pixels. */
final class Deadline {
  private final long limitNanos;
  private final long end;
  private volatile boolean cutOff;

  Deadline(Duration limit) {
    this.limitNanos = limit.toNanos();
    this.end = System.nanoTime() + limitNanos;
  }

  boolean passed() {
    return cutOff || System.nanoTime() - end > 0;
  }

  /** Makes it pass now; from any thread. */
  void cutOff() {
    cutOff = true;
  }

  void check() throws ImageRejectedException {
    if (passed()) {
      throw exceeded();
    }
  }

  ImageRejectedException exceeded() {
    return new ImageRejectedException(
        ImageRejectedException.Reason.TIMED_OUT,
        "decoding was not done after " + limitNanos / 1_000_000 + " ms");
  }

  long remainingNanos() {
    return Math.max(0, end - System.nanoTime());
  }
}
