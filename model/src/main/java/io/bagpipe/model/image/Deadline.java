package io.bagpipe.model.image;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/**
 * How long a decode may take: in time of a processor, of the thread that decodes. A host that
 * stalls (stopped, starved, swapped out) does not make good files look bad. Decoders ask at least
 * once a row of blocks or of pixels.
 *
 * <p>Asking is cheap: no thread can have had more of a processor than the clock has gone on, so
 * that the processor's time is looked at only when the clock says that it might be up. Where the
 * platform does not tell it the clock alone counts.
 *
 * <p>Any thread may ask; the thread it counts is the one that made it, or called {@link #begin}
 * last.
 */
final class Deadline {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final boolean TOLD =
      THREADS.isThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled();

  private final long limitNanos;
  private final LongSupplier clock;
  private final LongUnaryOperator processor;
  private volatile Begun begun;

  /** No earlier than this can it have passed, by the clock. */
  private volatile long notBefore;

  private volatile boolean cutOff;

  private record Begun(long thread, long clockNanos, long processorNanos) {}

  Deadline(Duration limit) {
    this(limit, System::nanoTime, Deadline::processorNanos);
  }

  /** With other clocks, for tests. */
  Deadline(Duration limit, LongSupplier clock, LongUnaryOperator processorOfThread) {
    this.limitNanos = limit.toNanos();
    this.clock = clock;
    this.processor = processorOfThread;
    this.begun = now();
    this.notBefore = begun.clockNanos() + limitNanos;
  }

  private static long processorNanos(long thread) {
    return TOLD ? THREADS.getThreadCpuTime(thread) : System.nanoTime();
  }

  private Begun now() {
    long thread = Thread.currentThread().getId();
    return new Begun(thread, clock.getAsLong(), processor.applyAsLong(thread));
  }

  /** The calling thread decodes, from now on. */
  void begin() {
    Begun now = now();
    notBefore = now.clockNanos() + limitNanos;
    begun = now;
  }

  /** What the thread that decodes has had of a processor. */
  long usedNanos() {
    Begun from = begun;
    return Math.max(0, processor.applyAsLong(from.thread()) - from.processorNanos());
  }

  boolean passed() {
    if (cutOff) {
      return true;
    }
    long now = clock.getAsLong();
    if (now - notBefore <= 0) {
      return false;
    }
    long left = limitNanos - usedNanos();
    if (left >= 0) {
      notBefore = now + left;
    }
    return left < 0;
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
        "decoding was not done after " + limitNanos / 1_000_000 + " ms of a processor");
  }

  long limitNanos() {
    return limitNanos;
  }
}
