package io.bagpipe.verticles.cli.push;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What became of the images of a push. Safe for several threads. */
final class PushCounts {
  final AtomicLong sent = new AtomicLong();
  final AtomicLong bytes = new AtomicLong();
  final AtomicLong resumed = new AtomicLong();
  final AtomicLong tooLarge = new AtomicLong();
  final AtomicLong unreadable = new AtomicLong();
  final AtomicLong failed = new AtomicLong();
  private final AtomicReference<@Nullable String> firstTrouble = new AtomicReference<>();

  /** Remembers the first reason why an image was not sent. */
  void trouble(String line) {
    firstTrouble.compareAndSet(null, line);
  }

  @Nullable String firstTrouble() {
    return firstTrouble.get();
  }

  long notSent() {
    return tooLarge.get() + unreadable.get() + failed.get();
  }

  /** Images dealt with, one way or the other. */
  long handled() {
    return sent.get() + resumed.get() + notSent();
  }
}
