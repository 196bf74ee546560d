package io.bagpipe.verticles.bags;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * How many pushes the newest records of a partition held: what tells how far back the log must be
 * kept for the window to be rebuilt from it. Thread-safe.
 */
final class LogTail {
  private record Held(long offset, int pushes) {}

  private final int window;
  private final Deque<Held> records = new ArrayDeque<>();
  private long pushes;

  /**
   * @param window pushes that a rebuilt window needs
   */
  LogTail(int window) {
    this.window = window;
  }

  /** A record went through; offsets rise, one seen before is ignored. */
  synchronized void add(long offset, int count) {
    if (!records.isEmpty() && records.getLast().offset() >= offset) {
      return;
    }
    records.addLast(new Held(offset, count));
    pushes += count;
  }

  /**
   * The offset from which on the log is needed by a process that starts at the committed offset: at
   * least a window of pushes lies between the two. Forgets what is older.
   *
   * @return -1 when the log is not yet longer than that
   */
  synchronized long neededFrom(long committed) {
    long beyond = 0;
    for (Iterator<Held> newest = records.descendingIterator(); newest.hasNext(); ) {
      Held held = newest.next();
      if (held.offset() < committed) {
        break;
      }
      beyond += held.pushes();
    }
    while (records.size() > 1 && pushes - beyond - records.getFirst().pushes() >= window) {
      pushes -= records.removeFirst().pushes();
    }
    return pushes - beyond >= window ? records.getFirst().offset() : -1;
  }
}
