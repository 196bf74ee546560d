package io.bagpipe.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each of the four transforms against the sum that defines it, in float64. */
class InverseDctTest {
  /** Half a level of rounding, and what 13 fractional bits leave. */
  private static final double FARTHEST = 0.6;

  private static final int BLOCKS = 5_000;
  private static final int STRIDE = 11;
  private static final int AT = 2 * STRIDE + 1;
  private static final int UNTOUCHED = -7;

  private final InverseDct dct = new InverseDct();

  @ParameterizedTest
  @ValueSource(ints = {8, 4, 2, 1})
  void agreesWithTheDefinition(int size) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    double absolute = 0;
    double signed = 0;
    double farthest = 0;
    for (int n = 0; n < BLOCKS; n++) {
      // given a block as files have them: fewer and smaller coefficients towards high frequencies
      int[] block = new int[64];
      int last = n % 64;
      double strength = 20 << random.nextInt(6);
      for (int k = 0; k <= last; k++) {
        block[Zigzag.NATURAL[k]] = (int) (strength * random.nextGaussian() / (1 + k / 2.0));
      }
      block[Zigzag.NATURAL[last]] |= 1;
      block[0] = random.nextInt(2048) - 1024;

      // when it is transformed
      int[] out = new int[STRIDE * (size + 4)];
      Arrays.fill(out, UNTOUCHED);
      dct.apply(size, block, last, out, AT, STRIDE);

      // then its samples are those of the definition and nothing else is written
      double[] expected = definition(size, block);
      for (int i = 0; i < out.length; i++) {
        int y = Math.floorDiv(i - AT, STRIDE);
        int x = Math.floorMod(i - AT, STRIDE);
        if (y < 0 || y >= size || x >= size) {
          assertThat(out[i]).as("beside the block").isEqualTo(UNTOUCHED);
        } else {
          double difference = out[i] - expected[y * size + x];
          farthest = Math.max(farthest, Math.abs(difference));
          absolute += Math.abs(difference) / (BLOCKS * size * size);
          signed += difference / (BLOCKS * size * size);
        }
      }
    }
    assertThat(farthest).as("maximum, seed %d", seed).isLessThanOrEqualTo(FARTHEST);
    // eighths rounded: off by a quarter on average, and by a sixteenth upwards, as halves go up
    assertThat(absolute).as("mean, seed %d", seed).isLessThan(0.26);
    assertThat(signed).as("bias, seed %d", seed).isCloseTo(0, within(0.08));
  }

  /**
   * The orthonormal DCT of this size over the lowest frequencies, scaled so that the mean stays.
   */
  private static double[] definition(int size, int[] block) {
    double[] samples = new double[size * size];
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double sum = 0;
        for (int v = 0; v < size; v++) {
          for (int u = 0; u < size; u++) {
            sum += block[8 * v + u] * basis(size, v, y) * basis(size, u, x);
          }
        }
        samples[y * size + x] = Math.max(0, Math.min(255, 128 + sum * size / 8));
      }
    }
    return samples;
  }

  private static double basis(int size, int frequency, int at) {
    return Math.sqrt((frequency == 0 ? 1.0 : 2.0) / size)
        * Math.cos((2 * at + 1) * frequency * Math.PI / (2 * size));
  }

  @Test
  void aBlockOfOneLevelIsFlatInEverySize() {
    for (int level = 0; level < 256; level++) {
      int[] block = new int[64];
      block[0] = 8 * (level - 128);
      for (int size : new int[] {8, 4, 2, 1}) {
        for (int last : new int[] {0, 63}) {
          int[] out = new int[size * size];
          dct.apply(size, block, last, out, 0, size);
          assertThat(out).as("size %d, last %d", size, last).containsOnly(level);
        }
      }
    }
  }
}
