package io.bagpipe.verticles.service;

import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Notices when the computer's clock is set back. Kafka's clients time heartbeats, requests and
 * polls by it and never let a timer go backward: after a step back they stand still for as long as
 * the step was, are put out of their groups meanwhile, and do not notice. Steps forward do no harm.
 * Confined to one thread.
 */
final class ClockWatch {
  /** Less than a group waits for a member's sign of life, with a heartbeat to spare. */
  static final Duration HARMLESS = Duration.ofSeconds(5);

  private final Clock calendar;
  private final LongSupplier nanos;
  private long offsetMillis;

  /**
   * @param calendar the computer's clock
   * @param nanos goes on evenly, from anywhere
   */
  ClockWatch(Clock calendar, LongSupplier nanos) {
    this.calendar = calendar;
    this.nanos = nanos;
    this.offsetMillis = offset();
  }

  private long offset() {
    return calendar.millis() - nanos.getAsLong() / 1_000_000;
  }

  /**
   * Looks at both clocks.
   *
   * @throws ClockSetBackException when the calendar went back since the last look
   */
  void look() throws ClockSetBackException {
    long now = offset();
    long back = offsetMillis - now;
    offsetMillis = now;
    if (back > HARMLESS.toMillis()) {
      throw new ClockSetBackException(Duration.ofMillis(back));
    }
  }
}
