package io.bagpipe.model.image;

/**
 * The inverse DCT of 8x8 blocks, to all their samples or to 4x4, 2x2 or one of them. The full one
 * is the fast algorithm of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) in integers with 13
 * fractional bits, as in libjpeg, so that levels come out the same. The smaller ones are DCTs of
 * that size over the block's lowest frequencies, which is the mean of the pixels they stand for,
 * but for the frequencies left out. Confined to one thread (it has a work array).
 */
final class InverseDct {
  private static final int BITS = 13;
  private static final int FIRST_EXTRA = 2;

  // Sums of cosines of multiples of pi/16, times sqrt 2, in 13 bits.
  private static final int C_0_298 = 2446;
  private static final int C_0_390 = 3196;
  private static final int C_0_541 = 4433;
  private static final int C_0_765 = 6270;
  private static final int C_0_899 = 7373;
  private static final int C_1_175 = 9633;
  private static final int C_1_306 = 10703;
  private static final int C_1_501 = 12299;
  private static final int C_1_847 = 15137;
  private static final int C_1_961 = 16069;
  private static final int C_2_053 = 16819;
  private static final int C_2_562 = 20995;
  private static final int C_3_072 = 25172;

  private final int[] work = new int[64];

  /**
   * Transforms a block.
   *
   * @param size samples each way: 8, 4, 2 or 1
   * @param block dequantised coefficients, natural order
   * @param last place in zigzag order of the last that is not zero
   * @param out samples 0 to 255 go here, {@code size} rows {@code stride} apart
   */
  void apply(int size, int[] block, int last, int[] out, int at, int stride) {
    if (last == 0 || size == 1) {
      int level = level((block[0] + 4) >> 3);
      for (int y = 0, o = at; y < size; y++, o += stride) {
        for (int x = 0; x < size; x++) {
          out[o + x] = level;
        }
      }
    } else if (size == 8) {
      columns(block);
      rows(out, at, stride);
    } else if (size == 4) {
      four(block, out, at, stride);
    } else {
      two(block, out, at, stride);
    }
  }

  private static int level(int value) {
    return Math.max(0, Math.min(255, value + 128));
  }

  private void columns(int[] block) {
    int[] to = work;
    int down = BITS - FIRST_EXTRA;
    int round = 1 << (down - 1);
    for (int c = 0; c < 8; c++) {
      int i1 = block[8 + c];
      int i2 = block[16 + c];
      int i3 = block[24 + c];
      int i4 = block[32 + c];
      int i5 = block[40 + c];
      int i6 = block[48 + c];
      int i7 = block[56 + c];
      if ((i1 | i2 | i3 | i4 | i5 | i6 | i7) == 0) {
        int flat = block[c] << FIRST_EXTRA;
        for (int r = c; r < 64; r += 8) {
          to[r] = flat;
        }
        continue;
      }
      int middle = (i2 + i6) * C_0_541;
      int even2 = middle - i6 * C_1_847;
      int even3 = middle + i2 * C_0_765;
      int even0 = ((block[c] + i4) << BITS) + round;
      int even1 = ((block[c] - i4) << BITS) + round;
      int a0 = even0 + even3;
      int a3 = even0 - even3;
      int a1 = even1 + even2;
      int a2 = even1 - even2;
      int all = (i7 + i3 + i5 + i1) * C_1_175;
      int s71 = (i7 + i1) * -C_0_899;
      int s53 = (i5 + i3) * -C_2_562;
      int s73 = (i7 + i3) * -C_1_961 + all;
      int s51 = (i5 + i1) * -C_0_390 + all;
      int b3 = i7 * C_0_298 + s71 + s73;
      int b2 = i5 * C_2_053 + s53 + s51;
      int b1 = i3 * C_3_072 + s53 + s73;
      int b0 = i1 * C_1_501 + s71 + s51;
      to[c] = (a0 + b0) >> down;
      to[56 + c] = (a0 - b0) >> down;
      to[8 + c] = (a1 + b1) >> down;
      to[48 + c] = (a1 - b1) >> down;
      to[16 + c] = (a2 + b2) >> down;
      to[40 + c] = (a2 - b2) >> down;
      to[24 + c] = (a3 + b3) >> down;
      to[32 + c] = (a3 - b3) >> down;
    }
  }

  private void rows(int[] out, int at, int stride) {
    int[] from = work;
    int down = BITS + FIRST_EXTRA + 3;
    // Rounding, and 128 to come from around zero to levels.
    int round = (1 << (down - 1)) + (128 << down);
    for (int r = 0, o = at; r < 64; r += 8, o += stride) {
      int i1 = from[r + 1];
      int i2 = from[r + 2];
      int i3 = from[r + 3];
      int i4 = from[r + 4];
      int i5 = from[r + 5];
      int i6 = from[r + 6];
      int i7 = from[r + 7];
      int middle = (i2 + i6) * C_0_541;
      int even2 = middle - i6 * C_1_847;
      int even3 = middle + i2 * C_0_765;
      int even0 = ((from[r] + i4) << BITS) + round;
      int even1 = ((from[r] - i4) << BITS) + round;
      int a0 = even0 + even3;
      int a3 = even0 - even3;
      int a1 = even1 + even2;
      int a2 = even1 - even2;
      int all = (i7 + i3 + i5 + i1) * C_1_175;
      int s71 = (i7 + i1) * -C_0_899;
      int s53 = (i5 + i3) * -C_2_562;
      int s73 = (i7 + i3) * -C_1_961 + all;
      int s51 = (i5 + i1) * -C_0_390 + all;
      int b3 = i7 * C_0_298 + s71 + s73;
      int b2 = i5 * C_2_053 + s53 + s51;
      int b1 = i3 * C_3_072 + s53 + s73;
      int b0 = i1 * C_1_501 + s71 + s51;
      out[o] = clamp((a0 + b0) >> down);
      out[o + 7] = clamp((a0 - b0) >> down);
      out[o + 1] = clamp((a1 + b1) >> down);
      out[o + 6] = clamp((a1 - b1) >> down);
      out[o + 2] = clamp((a2 + b2) >> down);
      out[o + 5] = clamp((a2 - b2) >> down);
      out[o + 3] = clamp((a3 + b3) >> down);
      out[o + 4] = clamp((a3 - b3) >> down);
    }
  }

  private static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }

  private void four(int[] block, int[] out, int at, int stride) {
    int[] between = work;
    int down = BITS - FIRST_EXTRA;
    for (int c = 0; c < 4; c++) {
      fourPoints(block[c], block[8 + c], block[16 + c], block[24 + c], between, c, 1 << (down - 1));
      for (int r = c; r < 16; r += 4) {
        between[r] >>= down;
      }
    }
    int[] line = between;
    down = BITS + FIRST_EXTRA + 3;
    int round = (1 << (down - 1)) + (128 << down);
    for (int r = 0, o = at; r < 16; r += 4, o += stride) {
      fourPoints(line[r], line[r + 1], line[r + 2], line[r + 3], between, 16, round);
      for (int x = 0; x < 4; x++) {
        out[o + x] = clamp(between[16 + 4 * x] >> down);
      }
    }
  }

  /** Four points of a DCT, written four apart. */
  private static void fourPoints(int i0, int i1, int i2, int i3, int[] to, int at, int round) {
    int even0 = ((i0 + i2) << BITS) + round;
    int even1 = ((i0 - i2) << BITS) + round;
    int odd0 = i1 * C_1_306 + i3 * C_0_541;
    int odd1 = i1 * C_0_541 - i3 * C_1_306;
    to[at] = even0 + odd0;
    to[at + 4] = even1 + odd1;
    to[at + 8] = even1 - odd1;
    to[at + 12] = even0 - odd0;
  }

  private static void two(int[] block, int[] out, int at, int stride) {
    int top = block[0] + 4;
    int sum = top + block[1];
    int difference = top - block[1];
    int low = block[8] + block[9];
    int lowDifference = block[8] - block[9];
    out[at] = level((sum + low) >> 3);
    out[at + 1] = level((difference + lowDifference) >> 3);
    out[at + stride] = level((sum - low) >> 3);
    out[at + stride + 1] = level((difference - lowDifference) >> 3);
  }
}
