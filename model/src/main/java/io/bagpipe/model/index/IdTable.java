package io.bagpipe.model.index;

import java.util.Arrays;

/**
 * Which slot of the ring holds an id: open addressing with linear probing and backward-shift
 * deletion, at most half full, so that a million ids cost eight bytes each beside their own. Not
 * thread-safe.
 */
final class IdTable {
  private final byte[][] ids;
  private final int[] table;
  private final int mask;

  /** A table of ids that lie in the given array, by slot. */
  IdTable(byte[][] ids) {
    this.ids = ids;
    int size = Integer.highestOneBit(Math.max(8, ids.length) * 2 - 1) << 1;
    this.table = new int[size];
    this.mask = size - 1;
  }

  /** The slot of an id, or -1. */
  int slot(byte[] id) {
    int at = find(id);
    return table[at] - 1;
  }

  /** Says that this slot holds its id now. */
  void put(int slot) {
    table[find(id(slot))] = slot + 1;
  }

  /** Forgets the slot's id. */
  void remove(int slot) {
    int hole = find(id(slot));
    table[hole] = 0;
    // close the gap, so that no probe stops short
    for (int at = (hole + 1) & mask; table[at] != 0; at = (at + 1) & mask) {
      int home = home(id(table[at] - 1));
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        table[hole] = table[at];
        table[at] = 0;
        hole = at;
      }
    }
  }

  long bytes() {
    return 4L * table.length;
  }

  private int find(byte[] id) {
    int at = home(id);
    while (table[at] != 0 && !Arrays.equals(id(table[at] - 1), id)) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private byte[] id(int slot) {
    return ids[slot];
  }

  private int home(byte[] id) {
    int hash = Arrays.hashCode(id) * 0x9E3779B9;
    return (hash ^ (hash >>> 15)) & mask;
  }
}
