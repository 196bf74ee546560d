package io.bagpipe.streams.stage;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Bytes that were sent and are not acknowledged. Safe to use from any thread. */
final class InFlight {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition fewer = lock.newCondition();
  private long bytes;

  void add(long more) {
    lock.lock();
    try {
      bytes += more;
    } finally {
      lock.unlock();
    }
  }

  void remove(long less) {
    lock.lock();
    try {
      bytes -= less;
      fewer.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** False when there were more all the time. */
  boolean await(long atMost, long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (bytes > atMost && left > 0) {
        left = fewer.awaitNanos(left);
      }
      return bytes <= atMost;
    } finally {
      lock.unlock();
    }
  }
}
