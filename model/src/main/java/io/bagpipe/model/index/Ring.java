package io.bagpipe.model.index;

import java.util.OptionalLong;

/**
 * Which pushes are in the window, under which ids, and who sees them: the bookkeeping of a {@link
 * RollingIndex}, without the vectors. A push's slot is its ordinal modulo the slots, of which there
 * are more than the window holds, so that what an earlier push of the same batch sees is not yet
 * overwritten. Every operation takes constant time. Confined to one thread.
 */
final class Ring {
  private static final long LIVE = Long.MAX_VALUE;

  private final int capacity;
  private final long byteLimit;
  private final int slots;
  private final byte[][] ids;
  private final IdTable table;
  private final int[] weights;

  /** The first push that no longer sees the slot's entry. */
  private final long[] deadFrom;

  private long oldest;
  private long next;
  private long byteCount;
  private int live;
  private long replaced;
  private long removed;
  private long evicted;

  Ring(int capacity, long byteLimit, int slots) {
    this.capacity = capacity;
    this.byteLimit = byteLimit;
    this.slots = slots;
    this.ids = new byte[slots][];
    this.table = new IdTable(ids);
    this.weights = new int[slots];
    this.deadFrom = new long[slots];
  }

  /**
   * What one query sees.
   *
   * @param oldest the first push it may see
   * @param next the first it may not
   * @param visible how many live entries lie between
   */
  record View(long oldest, long next, int visible) {}

  /** The window as the next push would see it, its own id aside. */
  View view() {
    return new View(oldest, next, live);
  }

  /** Takes a push and says what it sees. */
  View push(byte[] id, int bytes) {
    int own = table.slot(id);
    if (own >= 0) {
      kill(own);
      replaced++;
    }
    View view = view();
    int slot = slot(next);
    ids[slot] = id;
    weights[slot] = bytes;
    deadFrom[slot] = LIVE;
    table.put(slot);
    next++;
    live++;
    byteCount += bytes;
    while (next - oldest > capacity || byteCount > byteLimit) {
      evictOldest();
    }
    return view;
  }

  /** Takes an id out; false if it is not there. */
  boolean remove(byte[] id) {
    int slot = table.slot(id);
    if (slot < 0) {
      return false;
    }
    kill(slot);
    removed++;
    return true;
  }

  /** From the next push on nobody sees this slot. */
  private void kill(int slot) {
    table.remove(slot);
    deadFrom[slot] = next;
    live--;
  }

  private void evictOldest() {
    int slot = slot(oldest);
    if (deadFrom[slot] == LIVE) {
      // views taken earlier may still see it, so it only leaves the table
      table.remove(slot);
      live--;
      evicted++;
    }
    byteCount -= weights[slot];
    oldest++;
  }

  boolean sees(View view, int slot) {
    long ordinal = ordinal(slot);
    return ordinal >= view.oldest() && ordinal < view.next() && deadFrom[slot] > view.next();
  }

  /** Where a push lies. */
  int slot(long ordinal) {
    return (int) (ordinal % slots);
  }

  /** The newest push that lies in this slot; negative if there was none. */
  long ordinal(int slot) {
    int back = slot(next - 1) - slot;
    return next - 1 - (back < 0 ? back + slots : back);
  }

  /** The ordinal of an id's entry in the window, or -1. */
  long ordinal(byte[] id) {
    int slot = table.slot(id);
    return slot < 0 ? -1 : ordinal(slot);
  }

  /** The id of a push that is in the window, or in a view of the last batch. */
  byte[] id(long ordinal) {
    return ids[slot(ordinal)];
  }

  boolean isLive(long ordinal) {
    return ordinal >= oldest && ordinal < next && deadFrom[slot(ordinal)] == LIVE;
  }

  OptionalLong oldestLive() {
    for (long at = oldest; at < next; at++) {
      if (isLive(at)) {
        return OptionalLong.of(at);
      }
    }
    return OptionalLong.empty();
  }

  OptionalLong newestLive() {
    for (long at = next - 1; at >= oldest; at--) {
      if (isLive(at)) {
        return OptionalLong.of(at);
      }
    }
    return OptionalLong.empty();
  }

  int slots() {
    return slots;
  }

  /** The oldest push in the window, hole or not. */
  long oldest() {
    return oldest;
  }

  /** The ordinal of the next push. */
  long next() {
    return next;
  }

  /** Entries that can be found. */
  int live() {
    return live;
  }

  /** Payload of the pushes in the window, holes included. */
  long payloadBytes() {
    return byteCount;
  }

  long replaced() {
    return replaced;
  }

  long removed() {
    return removed;
  }

  long evicted() {
    return evicted;
  }

  /** Bytes of the bookkeeping, without the ids' own. */
  long bytes() {
    return (long) slots * (Long.BYTES + Integer.BYTES + Long.BYTES) + table.bytes();
  }
}
