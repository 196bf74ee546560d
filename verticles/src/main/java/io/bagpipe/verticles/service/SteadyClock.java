package io.bagpipe.verticles.service;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * Goes on evenly, from the time at which it was made, whatever is done to the computer's clock: to
 * measure how long something takes. Safe to use from any thread.
 */
final class SteadyClock extends Clock {
  private final LongSupplier nanos;
  private final Instant start;
  private final long startNanos;

  SteadyClock() {
    this(Clock.systemUTC(), System::nanoTime);
  }

  /**
   * @param calendar asked once, for the time to begin at
   * @param nanos goes on evenly, from anywhere
   */
  SteadyClock(Clock calendar, LongSupplier nanos) {
    this.nanos = nanos;
    this.start = calendar.instant();
    this.startNanos = nanos.getAsLong();
  }

  @Override
  public Instant instant() {
    return start.plusNanos(nanos.getAsLong() - startNanos);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
