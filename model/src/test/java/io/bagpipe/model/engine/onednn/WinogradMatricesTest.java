package io.bagpipe.model.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class WinogradMatricesTest {
  private static final long SEED = 3;

  @Test
  void sixProductsGiveFourOutputsOfThreeTaps() {
    // given six inputs and three taps
    Random random = new Random(SEED);
    double[] input = random.doubles(6, -1, 1).toArray();
    double[] taps = random.doubles(3, -1, 1).toArray();

    // when they are multiplied point by point, transformed
    double[] transformed = times(WinogradMatrices.input(), input);
    double[] filter = times(WinogradMatrices.filter(), taps);
    double[] products = new double[6];
    for (int i = 0; i < products.length; i++) {
      products[i] = transformed[i] * filter[i];
    }
    double[] output = times(WinogradMatrices.output(), products);

    // then the outputs are those of the window slid along
    assertThat(output).hasSize(4);
    for (int i = 0; i < output.length; i++) {
      double expected = input[i] * taps[0] + input[i + 1] * taps[1] + input[i + 2] * taps[2];
      assertThat(output[i]).as("seed %d, output %d", SEED, i).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void turnedFiltersAreTheFiltersFromTheirEnd() {
    float[] plain = WinogradMatrices.filterPairs(false);
    float[] turned = WinogradMatrices.filterPairs(true);
    for (int row = 0; row < 36; row++) {
      for (int tap = 0; tap < 9; tap++) {
        assertThat(turned[row * 9 + tap]).isEqualTo(plain[row * 9 + 8 - tap]);
      }
    }
  }

  private static double[] times(double[][] matrix, double[] vector) {
    double[] result = new double[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < vector.length; j++) {
        result[i] += matrix[i][j] * vector[j];
      }
    }
    return result;
  }
}
