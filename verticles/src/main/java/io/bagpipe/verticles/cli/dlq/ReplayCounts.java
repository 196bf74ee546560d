package io.bagpipe.verticles.cli.dlq;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What became of the dead letters that were sent again. Safe for several threads. */
final class ReplayCounts {
  final AtomicLong sent = new AtomicLong();
  final AtomicLong failed = new AtomicLong();
  private final AtomicReference<@Nullable String> firstTrouble = new AtomicReference<>();

  /** Remembers the first reason why one was not sent. */
  void trouble(String line) {
    firstTrouble.compareAndSet(null, line);
  }

  @Nullable String firstTrouble() {
    return firstTrouble.get();
  }
}
