package io.bagpipe.model.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FrechetTest {
  private static final int DIMENSION = 6;

  private static float[][] normal(long seed, int count, double shift, double scale) {
    Random random = new Random(seed);
    float[][] rows = new float[count][DIMENSION];
    for (float[] row : rows) {
      for (int j = 0; j < DIMENSION; j++) {
        row[j] = (float) (shift + scale * random.nextGaussian());
      }
    }
    return rows;
  }

  @Test
  void ofASetAndItselfIsNothing() {
    float[][] rows = normal(1, 4, 0, 1); // fewer than values: the covariance is singular
    assertThat(Frechet.distance(rows, rows)).isCloseTo(0, within(1e-9));
  }

  @Test
  void ofAShiftedSetIsTheSquareOfTheShift() {
    float[][] rows = normal(2, 50, 0, 1);
    float[][] shifted = new float[50][];
    for (int i = 0; i < 50; i++) {
      shifted[i] = rows[i].clone();
      shifted[i][3] += 2;
    }
    assertThat(Frechet.distance(rows, shifted)).isCloseTo(4, within(1e-5));
  }

  @Test
  void ofTwoNormalDistributionsIsTheFormulas() {
    // ‖μ‖² 6 · 0.25, tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½) 6 · (1 − 2)²
    double distance = Frechet.distance(normal(3, 300, 0, 1), normal(4, 300, 0.5, 2));
    assertThat(distance).isCloseTo(7.5, within(0.8));
  }

  @Test
  void twoVectorsAreTheLeast() {
    assertThatThrownBy(() -> Frechet.distance(normal(1, 1, 0, 1), normal(1, 2, 0, 1)))
        .hasMessageContaining("wanted two");
  }
}
