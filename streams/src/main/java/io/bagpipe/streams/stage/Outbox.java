package io.bagpipe.streams.stage;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Finished batches on their way from the worker to the committer. Bounded in bytes: when it is full
 * the worker waits, since results that cannot be committed are no reason to make more. One batch
 * always fits.
 */
final class Outbox {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Finished> waiting = new ArrayDeque<>();
  private final long maxBytes;
  private long bytes;
  private int records;
  private boolean ended;

  Outbox(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Waits for room; after {@link #end} there is always room. */
  void put(Finished finished) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!ended && !waiting.isEmpty() && bytes + finished.bytes() > maxBytes) {
        changed.await();
      }
      waiting.add(finished);
      bytes += finished.bytes();
      records += finished.output().records().size();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Null when nothing came in time, or when nothing will come any more. */
  @Nullable Finished poll(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (waiting.isEmpty() && !ended && left > 0) {
        left = changed.awaitNanos(left);
      }
      Finished next = waiting.poll();
      if (next != null) {
        bytes -= next.bytes();
        records -= next.output().records().size();
        changed.signalAll();
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** The worker is done: what waits is still taken, then polls return at once. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isDrained() {
    lock.lock();
    try {
      return ended && waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  int records() {
    lock.lock();
    try {
      return records;
    } finally {
      lock.unlock();
    }
  }

  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }
}
