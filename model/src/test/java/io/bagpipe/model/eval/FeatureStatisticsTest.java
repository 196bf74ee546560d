package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FeatureStatisticsTest {

  @Test
  void eigenvaluesAreThoseTheMatrixWasMadeFrom() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int n : new int[] {1, 2, 3, 17, 60}) {
      double[] expected = random.doubles(n, 0, 10).sorted().toArray();
      double[] values = SymmetricEigenvalues.of(withEigenvalues(expected, random));
      for (int i = 0; i < n; i++) {
        assertThat(values[i]).as("seed %d, n %d", seed, n).isCloseTo(expected[i], within(1e-9));
      }
    }
  }

  /** Q D Qᵀ with Q a product of random rotations. */
  private static double[][] withEigenvalues(double[] values, Random random) {
    int n = values.length;
    double[][] a = new double[n][n];
    for (int i = 0; i < n; i++) {
      a[i][i] = values[i];
    }
    for (int turn = 0; n > 1 && turn < 20 * n; turn++) {
      int p = random.nextInt(n);
      int q = (p + 1 + random.nextInt(n - 1)) % n;
      double angle = random.nextDouble() * 6;
      double c = Math.cos(angle);
      double s = Math.sin(angle);
      for (int i = 0; i < n; i++) {
        double x = a[i][p];
        double y = a[i][q];
        a[i][p] = c * x - s * y;
        a[i][q] = s * x + c * y;
      }
      for (int i = 0; i < n; i++) {
        double x = a[p][i];
        double y = a[q][i];
        a[p][i] = c * x - s * y;
        a[q][i] = s * x + c * y;
      }
    }
    return a;
  }

  @Test
  void rankMeOfOrthogonalRowsIsTheirNumber() {
    int dimension = 12;
    float[] rows = new float[dimension * dimension];
    for (int i = 0; i < 5; i++) {
      rows[i * dimension + i] = 3;
    }
    assertThat(FeatureStatistics.rankMe(FeatureRows.of(rows, dimension), dimension))
        .isCloseTo(5, within(1e-3));
  }

  @Test
  void rankMeFollowsItsFormula() {
    // singular values 4, 2, 1 and 1: shares 1/2, 1/4, 1/8, 1/8, entropy 1.75 bits
    float[] rows = {4, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    assertThat(FeatureStatistics.rankMe(FeatureRows.of(rows, 4), 4))
        .isCloseTo(Math.pow(2, 1.75), within(1e-4));
  }

  @Test
  void aCollapsedStudentShows() {
    Random random = new Random(1);
    int dimension = 32;
    float[] spread = KnnClassifierTest.gaussian(random, 500 * dimension);
    float[] collapsed = new float[500 * dimension];
    float[] noise = KnnClassifierTest.gaussian(random, collapsed.length);
    for (int i = 0; i < collapsed.length; i++) {
      collapsed[i] = 1 + i % dimension + 1e-3f * noise[i];
    }
    assertThat(
            FeatureStatistics.meanStandardDeviation(FeatureRows.of(spread, dimension), dimension))
        .isCloseTo(1 / Math.sqrt(dimension), within(0.01));
    assertThat(
            FeatureStatistics.meanStandardDeviation(
                FeatureRows.of(collapsed, dimension), dimension))
        .isLessThan(1e-4);
    assertThat(FeatureStatistics.rankMe(FeatureRows.of(spread, dimension), dimension))
        .isGreaterThan(30);
    assertThat(FeatureStatistics.rankMe(FeatureRows.of(collapsed, dimension), dimension))
        .isLessThan(1.1);
    assertThat(FeatureStatistics.standardDeviations(FeatureRows.of(spread, dimension), dimension))
        .hasSize(dimension);
  }

  @Test
  void neighboursAgreeWithThemselvesAndNotWithStrangers() {
    Random random = new Random(2);
    float[] student = KnnClassifierTest.gaussian(random, 200 * 8);
    float[] wider = new float[200 * 16];
    for (int i = 0; i < 200; i++) {
      System.arraycopy(student, i * 8, wider, i * 16, 8);
    }
    assertThat(FeatureStatistics.neighbourAgreement(student, 8, wider, 16)).isEqualTo(1);
    float[] stranger = KnnClassifierTest.gaussian(random, 200 * 16);
    assertThat(FeatureStatistics.neighbourAgreement(student, 8, stranger, 16)).isLessThan(0.1);
    assertThatThrownBy(() -> FeatureStatistics.neighbourAgreement(student, 8, stranger, 8))
        .hasMessageContaining("200 images and 400");
  }
}
