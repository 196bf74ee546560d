package io.bagpipe.verticles.bags;

import io.bagpipe.model.index.BagWindow;

/**
 * The window of a partition that this process owns, and where it stands in the log. Guarded by the
 * {@link Windows} it belongs to.
 */
final class Owned {
  /** No anchor waits, nor will one. */
  private static final long NONE = -1;

  private final BagWindow window;
  private final LogTail tail;
  private long position;
  private long waiting = NONE;

  Owned(BagWindow window, LogTail tail) {
    this.window = window;
    this.tail = tail;
  }

  BagWindow window() {
    return window;
  }

  LogTail tail() {
    return tail;
  }

  /**
   * A record is in the window, or never will be.
   *
   * @param windowed pushes of it that went into the window
   * @param pushes all of them
   */
  void passed(long offset, int windowed, int pushes) {
    tail.add(offset, windowed);
    position = offset + 1;
    if (isWaiting()) {
      waiting += pushes;
    }
  }

  /** Everything before this offset is in the window. */
  void passedAllBefore(long offset) {
    position = Math.max(position, offset);
  }

  /** The offset after the newest record in the window. */
  long position() {
    return position;
  }

  /** From now on anchors wait, these already do. */
  void hold(long pushes) {
    waiting = pushes;
  }

  void release() {
    waiting = NONE;
  }

  /** Everything that was ever pushed to the partition waits for its bag. */
  boolean isWaiting() {
    return waiting != NONE;
  }

  long waiting() {
    return waiting;
  }
}
