package io.bagpipe.streams.stage;

import java.util.concurrent.atomic.AtomicLong;

/** Counts of committed work, and of time. Written by worker and committer, read from anywhere. */
final class StageCounters {
  final AtomicLong recordsIn = new AtomicLong();
  final AtomicLong recordsOut = new AtomicLong();
  final AtomicLong deadLetters = new AtomicLong();
  final AtomicLong bytesIn = new AtomicLong();
  final AtomicLong bytesOut = new AtomicLong();
  final AtomicLong busyNanos = new AtomicLong();
  final AtomicLong transactions = new AtomicLong();
  final AtomicLong aborts = new AtomicLong();
  final AtomicLong lastProgressMillis = new AtomicLong(System.currentTimeMillis());

  void committed(Finished finished) {
    recordsIn.addAndGet(finished.records());
    recordsOut.addAndGet(finished.output().records().size());
    deadLetters.addAndGet(finished.output().deadLetters().size());
    bytesIn.addAndGet(finished.inputBytes());
    bytesOut.addAndGet(finished.bytes());
  }
}
