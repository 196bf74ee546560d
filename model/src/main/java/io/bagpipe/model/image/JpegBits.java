package io.bagpipe.model.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Entropy-coded bits of one scan, without their stuffed zeros. Never reads past a marker: beyond it
 * come zeros, which {@link #check} notices when they were used.
 */
final class JpegBits {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long SIGNS = 0x8080808080808080L;

  private byte[] file = new byte[0];
  private int position;

  /** The next bits, from the highest; {@code count} of them are there. */
  private long bits;

  private int count;

  /** How many of the bits given out or held are made up. */
  private int invented;

  void begin(byte[] file, int position) {
    this.file = file;
    this.position = position;
    restart();
  }

  private void restart() {
    bits = 0;
    count = 0;
    invented = 0;
  }

  /** Where the bits that were read so far end; at a marker once the scan is done. */
  int position() {
    return position;
  }

  /** Throws if more bits were taken than the scan has. */
  void check() throws ImageRejectedException {
    if (count < invented) {
      throw Codec.corrupt("JPEG: truncated, the entropy-coded pixels end early");
    }
  }

  /** Steps over the restart marker that must come next. */
  void nextInterval(int number) throws ImageRejectedException {
    check();
    int at = position;
    while (at + 1 < file.length
        && !(file[at] == (byte) 0xFF && file[at + 1] != 0 && file[at + 1] != (byte) 0xFF)) {
      at++;
    }
    if (at + 1 >= file.length || (file[at + 1] & 0xFF) != 0xD0 + (number & 7)) {
      throw Codec.corrupt("JPEG: restart marker " + (number & 7) + " is missing");
    }
    position = at + 2;
    restart();
  }

  private void fill() {
    if (position + 8 <= file.length) {
      long next = (long) LONGS.get(file, position);
      long inverted = ~next;
      if (((inverted - ONES) & ~inverted & SIGNS) == 0) {
        // No 0xFF among the eight bytes: take as many as there is room for.
        bits |= next >>> count;
        position += (63 - count) >> 3;
        count |= 56;
        return;
      }
    }
    fillByBytes();
  }

  private void fillByBytes() {
    while (count <= 56) {
      int next = 0;
      if (position >= file.length) {
        invented += 8;
      } else if (file[position] != (byte) 0xFF) {
        next = file[position++] & 0xFF;
      } else if (position + 1 < file.length && file[position + 1] == 0) {
        next = 0xFF;
        position += 2;
      } else {
        invented += 8;
      }
      bits |= (long) next << (56 - count);
      count += 8;
    }
  }

  /** Up to sixteen bits. */
  int take(int size) {
    if (size == 0) {
      return 0;
    }
    if (count < 32) {
      fill();
    }
    int value = (int) (bits >>> (64 - size));
    bits <<= size;
    count -= size;
    return value;
  }

  /** A coefficient of so many bits. */
  int takeCoefficient(int size) {
    return size == 0 ? 0 : HuffmanTable.extend(take(size), size);
  }

  /** A symbol, run * 16 + size, of a table prepared without values. */
  int symbol(HuffmanTable table) throws ImageRejectedException {
    if (count < 32) {
      fill();
    }
    int entry = table.look[(int) (bits >>> (64 - HuffmanTable.LOOK_BITS))];
    if (entry == 0) {
      return longSymbol(table);
    }
    int length = entry & 0xFF;
    bits <<= length;
    count -= length;
    return ((entry >> 4) & 0xF0) | ((entry >> 12) & 15);
  }

  private int longSymbol(HuffmanTable table) throws ImageRejectedException {
    int found = table.resolve((int) (bits >>> 48));
    if (found < 0) {
      throw Codec.corrupt("JPEG: no such Huffman code in the pixels");
    }
    bits <<= found >> 8;
    count -= found >> 8;
    return found & 0xFF;
  }

  /** The difference to the DC coefficient before. */
  int dcDifference(HuffmanTable table) throws ImageRejectedException {
    int size = symbol(table);
    if (size > 15) {
      throw Codec.corrupt("JPEG: a DC coefficient of " + size + " bits");
    }
    return takeCoefficient(size);
  }

  /**
   * Decodes a block of a sequential scan (T.81 F.2.2).
   *
   * @param block 64 zeros, which get dequantised coefficients in natural order
   * @return the place in zigzag order of the last coefficient
   */
  int block(int[] block, JpegComponent component, HuffmanTable dc, HuffmanTable ac)
      throws ImageRejectedException {
    int[] quant = component.quant;
    component.prediction += dcDifference(dc);
    block[0] = component.prediction * quant[0];
    int[] look = ac.look;
    byte[] natural = Zigzag.NATURAL;
    int last = 0;
    long bits = this.bits;
    int count = this.count;
    for (int k = 1; k < 64; k++) {
      if (count < 32) {
        this.bits = bits;
        this.count = count;
        fill();
        bits = this.bits;
        count = this.count;
      }
      int entry = look[(int) (bits >>> (64 - HuffmanTable.LOOK_BITS))];
      if (entry == 0) {
        this.bits = bits;
        this.count = count;
        int symbol = longSymbol(ac);
        bits = this.bits;
        count = this.count;
        entry = (symbol >> 4) << 8 | (symbol & 15) << 12;
      }
      int length = entry & 0xFF;
      bits <<= length;
      count -= length;
      int size = (entry >> 12) & 15;
      int value = entry >> 16;
      int run = (entry >> 8) & 15;
      if (size != 0) {
        int raw = (int) (bits >>> (64 - size));
        bits <<= size;
        count -= size;
        value = raw + (((raw >> (size - 1)) - 1) & (1 - (1 << size)));
      } else if (value == 0) {
        if (run != 15) {
          break;
        }
        k += 15;
        continue;
      }
      k += run;
      if (k > 63) {
        throw Codec.corrupt("JPEG: a block with more than 64 coefficients");
      }
      block[natural[k]] = value * quant[k];
      last = k;
    }
    this.bits = bits;
    this.count = count;
    return last;
  }
}
