package io.bagpipe.streams.intake;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Waiting times that double from the first to the last, a little at random, so that many clients of
 * a broker that comes back do not arrive together. Safe to use from any thread.
 */
public final class Backoff {
  private final long first;
  private final long last;
  private long next;

  public Backoff(Duration first, Duration last) {
    this.first = first.toMillis();
    this.last = last.toMillis();
    this.next = this.first;
  }

  public synchronized long nextMillis() {
    long base = next;
    next = Math.min(last, 2 * next);
    return base / 2 + ThreadLocalRandom.current().nextLong(base / 2 + 1);
  }

  public synchronized void reset() {
    next = first;
  }
}
