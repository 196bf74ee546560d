package io.bagpipe.streams.lease;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process may act: from the beginning of a beat that was written, for a while; never
 * again once the lease is lost. Safe for any thread.
 */
final class Tenure {
  private final Duration valid;

  // guarded by this
  private @Nullable LeaseLostException lost;
  private boolean held;
  private boolean ended;
  private long beganNanos;

  /**
   * @param valid how long a beat that was written lasts
   */
  Tenure(Duration valid) {
    this.valid = valid;
  }

  /**
   * Whether this process may act now.
   *
   * @throws LeaseLostException when it never will again
   */
  synchronized boolean mayAct() {
    if (lost != null) {
      throw lost;
    }
    return held && !ended && System.nanoTime() - beganNanos < valid.toNanos();
  }

  /**
   * Waits until this process may act, or until it is known that it may not.
   *
   * @return false when neither came about in time
   * @throws LeaseLostException when another process holds the lease
   */
  synchronized boolean await(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!mayAct()) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /**
   * A beat was written.
   *
   * @param began before it was handed to Kafka, by {@link System#nanoTime}
   */
  synchronized void confirm(long began) {
    held = true;
    beganNanos = began;
    notifyAll();
  }

  /** Another holds the lease: whoever asks or waits is told so. */
  synchronized LeaseLostException lose(String what, LeaseState to) {
    LeaseLostException e =
        new LeaseLostException(what, to, Duration.ofNanos(System.nanoTime() - beganNanos));
    lost = e;
    notifyAll();
    return e;
  }

  /** The lease is given back by this process itself. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }
}
