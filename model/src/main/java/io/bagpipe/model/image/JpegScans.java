package io.bagpipe.model.image;

import java.util.Arrays;

/**
 * Decodes scans into a frame's coefficient arrays: progressive ones (T.81 annex G), and sequential
 * ones that do not hold all components. Confined to one thread.
 */
final class JpegScans {
  /** How often the scans of a large image may come by a block; encoders take six or seven. */
  private static final int MOST_VISITS = 16;

  /** What is over quickly however it is spread over scans. */
  private static final long FEW_BLOCKS = 1 << 20;

  private final JpegHeaders headers;
  private final JpegBits bits;

  /** Blocks still to be skipped by the last end-of-band run. */
  private int endOfBandRun;

  private long visited;
  private long mostVisits;

  JpegScans(JpegHeaders headers, JpegBits bits) {
    this.headers = headers;
    this.bits = bits;
  }

  /** Takes cleared memory for all coefficients. */
  void allocate() {
    visited = 0;
    mostVisits = 0;
    for (int i = 0; i < headers.componentCount; i++) {
      JpegComponent c = headers.components[i];
      int count = Math.multiplyExact(64 * c.paddedWide, c.paddedHigh);
      if (c.coefficients.length < count) {
        c.coefficients = new short[count];
      } else {
        Arrays.fill(c.coefficients, 0, count, (short) 0);
      }
      mostVisits += (long) MOST_VISITS * c.paddedWide * c.paddedHigh;
    }
    mostVisits = Math.max(FEW_BLOCKS, mostVisits);
  }

  /** Decodes the scan whose header was read last. */
  void decode(Deadline deadline) throws ImageRejectedException {
    endOfBandRun = 0;
    for (int i = 0; i < headers.scanCount; i++) {
      JpegComponent c = headers.scan[i];
      c.prediction = 0;
      visited += (long) c.paddedWide * c.paddedHigh;
    }
    if (visited > mostVisits) {
      throw Codec.corrupt("JPEG: more scans than an image of this size may have");
    }
    boolean single = headers.scanCount == 1;
    JpegComponent only = headers.scan[0];
    int wide = single ? only.blocksWide : headers.mcusWide;
    int high = single ? only.blocksHigh : headers.mcusHigh;
    int left = headers.restartInterval;
    int interval = 0;
    for (int y = 0; y < high; y++) {
      deadline.check();
      for (int x = 0; x < wide; x++) {
        if (headers.restartInterval > 0 && left-- == 0) {
          bits.nextInterval(interval++);
          left = headers.restartInterval - 1;
          endOfBandRun = 0;
          for (int i = 0; i < headers.scanCount; i++) {
            headers.scan[i].prediction = 0;
          }
        }
        if (single) {
          block(only, 64 * (y * only.paddedWide + x));
        } else {
          mcu(x, y);
        }
      }
      bits.check();
    }
  }

  private void mcu(int x, int y) throws ImageRejectedException {
    for (int i = 0; i < headers.scanCount; i++) {
      JpegComponent c = headers.scan[i];
      for (int v = 0; v < c.v; v++) {
        for (int h = 0; h < c.h; h++) {
          block(c, 64 * ((y * c.v + v) * c.paddedWide + x * c.h + h));
        }
      }
    }
  }

  private void block(JpegComponent c, int at) throws ImageRejectedException {
    if (!headers.progressive) {
      sequential(c, at);
    } else if (headers.spectralStart == 0) {
      if (headers.approximationHigh == 0) {
        c.prediction += bits.dcDifference(headers.dcTables[c.dcTable]);
        c.coefficients[at] = (short) (c.prediction << headers.approximationLow);
      } else if (bits.take(1) != 0) {
        c.coefficients[at] |= (short) (1 << headers.approximationLow);
      }
    } else if (headers.approximationHigh == 0) {
      firstAc(c.coefficients, at, headers.acTables[c.acTable]);
    } else {
      refineAc(c.coefficients, at, headers.acTables[c.acTable]);
    }
  }

  private void sequential(JpegComponent c, int at) throws ImageRejectedException {
    c.prediction += bits.dcDifference(headers.dcTables[c.dcTable]);
    c.coefficients[at] = (short) c.prediction;
    HuffmanTable ac = headers.acTables[c.acTable];
    for (int k = 1; k < 64; k++) {
      int symbol = bits.symbol(ac);
      int size = symbol & 15;
      int run = symbol >> 4;
      if (size == 0) {
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
      c.coefficients[at + k] = (short) bits.takeCoefficient(size);
    }
  }

  private void firstAc(short[] to, int at, HuffmanTable table) throws ImageRejectedException {
    if (endOfBandRun > 0) {
      endOfBandRun--;
      return;
    }
    for (int k = headers.spectralStart; k <= headers.spectralEnd; k++) {
      int symbol = bits.symbol(table);
      int size = symbol & 15;
      int run = symbol >> 4;
      if (size == 0) {
        if (run == 15) {
          k += 15;
          continue;
        }
        endOfBandRun = (1 << run) - 1 + bits.take(run);
        break;
      }
      k += run;
      if (k > 63) {
        throw Codec.corrupt("JPEG: a block with more than 64 coefficients");
      }
      to[at + k] = (short) (bits.takeCoefficient(size) << headers.approximationLow);
    }
  }

  /** A further bit of coefficients known already, and new ones of one bit among them. */
  private void refineAc(short[] to, int at, HuffmanTable table) throws ImageRejectedException {
    int bit = 1 << headers.approximationLow;
    int k = headers.spectralStart;
    int end = headers.spectralEnd;
    while (k <= end && endOfBandRun == 0) {
      int symbol = bits.symbol(table);
      int size = symbol & 15;
      int zeros = symbol >> 4;
      int value = 0;
      if (size == 0) {
        if (zeros != 15) {
          endOfBandRun = (1 << zeros) + bits.take(zeros);
          break;
        }
      } else {
        value = bits.take(1) != 0 ? bit : -bit;
      }
      // Go past so many zeros; whatever is not zero on the way gets its next bit.
      for (; k <= end; k++) {
        if (to[at + k] != 0) {
          refine(to, at + k, bit);
        } else if (zeros-- == 0) {
          break;
        }
      }
      if (value != 0) {
        if (k > 63) {
          throw Codec.corrupt("JPEG: a block with more than 64 coefficients");
        }
        to[at + k] = (short) value;
      }
      k++;
    }
    if (endOfBandRun > 0) {
      for (; k <= end; k++) {
        if (to[at + k] != 0) {
          refine(to, at + k, bit);
        }
      }
      endOfBandRun--;
    }
  }

  private void refine(short[] to, int at, int bit) throws ImageRejectedException {
    if (bits.take(1) != 0 && (to[at] & bit) == 0) {
      to[at] += (short) (to[at] >= 0 ? bit : -bit);
    }
  }
}
