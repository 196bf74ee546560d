package io.bagpipe.model.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuadraticTailTest {
  @Test
  void agreesWithTablesOfChiSquared() {
    double[] ten = new double[10];
    Arrays.fill(ten, 1);
    QuadraticTail tail = new QuadraticTail(ten);

    assertThat(tail.exceeded(18.307)).isCloseTo(0.05, within(0.001));
    assertThat(tail.exceeded(29.588)).isCloseTo(0.001, within(2e-5));
    // exp(-x/2) (1 + x/2 + ... + (x/2)^4/24) at 70
    assertThat(tail.exceeded(70)).isCloseTo(4.4e-11, within(0.2e-11));
    assertThat(tail.quantile(0.001)).isCloseTo(29.588, within(0.02));
  }

  @Test
  void agreesWithSimulationWhereWeightsDiffer() {
    double[] weights = {1, 0.5, 0.5, 0.1, 0.01, 0};
    double value = new QuadraticTail(weights).quantile(0.01);
    Random random = new Random(3);
    int above = 0;
    int draws = 200_000;
    for (int i = 0; i < draws; i++) {
      double sum = 0;
      for (double weight : weights) {
        double normal = random.nextGaussian();
        sum += weight * normal * normal;
      }
      above += sum > value ? 1 : 0;
    }
    assertThat(above / (double) draws).isCloseTo(0.01, within(0.001));
  }
}
