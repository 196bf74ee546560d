package io.bagpipe.model.image;

import java.util.Arrays;

/**
 * A JPEG Huffman code (ITU-T T.81 annex C), with a table that resolves short codes in one look, for
 * AC codes together with the run and, if it is short too, the coefficient.
 */
final class HuffmanTable {
  static final int LOOK_BITS = 12;

  /**
   * By the next twelve bits: bits 0-7 length to consume, 8-11 run, 12-15 bits of the value still to
   * read, 16-31 the value if it was in the twelve. 0: the code is longer, or there is none.
   */
  final int[] look = new int[1 << LOOK_BITS];

  /** By length, one past the last code, moved up to sixteen bits. */
  private final int[] limit = new int[17];

  private final int[] offset = new int[17];
  private final byte[] symbols = new byte[256];

  /** Where the file defines this table: its sixteen counts; negative if it does not. */
  private int source = -1;

  private int sourceEnd;
  private boolean built;

  /** Forgets the table of the file before. */
  void reset() {
    source = -1;
  }

  /**
   * Takes note of a table in a DHT segment.
   *
   * @param at its sixteen counts
   * @param end of the segment
   * @return one past the table
   */
  int define(byte[] file, int at, int end) throws ImageRejectedException {
    int total = 0;
    for (int length = 0; length < 16 && at + length < end; length++) {
      total += file[at + length] & 0xFF;
    }
    if (total > 256 || at + 16 + total > end) {
      throw Codec.corrupt("JPEG: a Huffman table is cut short");
    }
    source = at;
    sourceEnd = at + 16 + total;
    built = false;
    return sourceEnd;
  }

  /**
   * Makes the table ready for use.
   *
   * @param values whether to resolve short coefficients along with their codes
   */
  void prepare(byte[] file, boolean values) throws ImageRejectedException {
    if (source < 0) {
      throw Codec.corrupt("JPEG: a scan uses a Huffman table that the file does not define");
    }
    if (built) {
      return;
    }
    Arrays.fill(look, 0);
    int total = 0;
    int code = 0;
    for (int length = 1; length <= 16; length++) {
      int codes = file[source + length - 1] & 0xFF;
      offset[length] = total - code;
      if (code + codes > 1 << length) {
        throw Codec.corrupt("JPEG: a Huffman table that is no code");
      }
      for (int i = 0; i < codes; i++, total++, code++) {
        symbols[total] = file[source + 16 + total];
        if (length <= LOOK_BITS) {
          fill(code, length, symbols[total] & 0xFF, values);
        }
      }
      limit[length] = code << (16 - length);
      code <<= 1;
    }
    built = true;
  }

  private void fill(int code, int length, int symbol, boolean values) {
    int free = LOOK_BITS - length;
    int first = code << free;
    int size = symbol & 15;
    int run = symbol >> 4;
    for (int rest = 0; rest < 1 << free; rest++) {
      int entry = length | run << 8 | size << 12;
      if (values && size > 0 && size <= free) {
        int bits = rest >> (free - size);
        entry = (length + size) | run << 8 | extend(bits, size) << 16;
      }
      look[first + rest] = entry;
    }
  }

  /** A coefficient from its bits (T.81 F.12). */
  static int extend(int bits, int size) {
    return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
  }

  /**
   * Resolves a code that {@link #look} does not hold.
   *
   * @param next the next sixteen bits
   * @return length and symbol, as length &lt;&lt; 8 | symbol; -1 if there is no such code
   */
  int resolve(int next) {
    for (int length = LOOK_BITS + 1; length <= 16; length++) {
      if (next < limit[length]) {
        int index = (next >> (16 - length)) + offset[length];
        return length << 8 | (symbols[index] & 0xFF);
      }
    }
    return -1;
  }
}
