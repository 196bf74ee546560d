package io.bagpipe.model.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnnClassifierTest {

  @Test
  void agreesWithThePlainDefinition() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int dimension = 19;
    int bankSize = 311;
    int queryCount = 130;
    float[] bank = gaussian(random, bankSize * dimension);
    float[] queries = gaussian(random, queryCount * dimension);
    int[] labels = random.ints(bankSize, 0, 7).toArray();
    for (int k : new int[] {1, 5, 20, 311, 500}) {
      int[] answers = classify(new KnnClassifier(k, 0.3), bank, labels, queries, dimension);
      for (int query = 0; query < queryCount; query++) {
        assertThat(answers[query])
            .as("seed %d, k %d, query %d", seed, k, query)
            .isEqualTo(plain(bank, labels, queries, query, dimension, k));
      }
    }
  }

  private static int[] classify(
      KnnClassifier knn, float[] bank, int[] labels, float[] queries, int dimension) {
    return knn.vote(
        Neighbours.search(
            FeatureRows.of(bank, dimension),
            FeatureRows.of(queries, dimension),
            dimension,
            Math.min(knn.k(), labels.length),
            false),
        labels);
  }

  private static int plain(
      float[] bank, int[] labels, float[] queries, int query, int dimension, int k) {
    List<Integer> order =
        IntStream.range(0, labels.length)
            .boxed()
            .sorted(
                Comparator.comparingDouble(row -> -cosine(bank, row, queries, query, dimension)))
            .limit(k)
            .toList();
    double[] votes = new double[7];
    for (int row : order) {
      votes[labels[row]] += Math.exp(cosine(bank, row, queries, query, dimension) / 0.3);
    }
    return IntStream.range(0, 7)
        .boxed()
        .max(Comparator.comparingDouble(label -> votes[label]))
        .orElseThrow();
  }

  private static double cosine(float[] a, int rowA, float[] b, int rowB, int dimension) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < dimension; i++) {
      double x = a[rowA * dimension + i];
      double y = b[rowB * dimension + i];
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    return ab / Math.sqrt(aa * bb);
  }

  static float[] gaussian(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void nearVotesWeighMoreThanManyFarOnes() {
    float[] bank = {1, 0, 0.8f, 0.6f, 0.8f, -0.6f};
    int[] labels = {3, 1, 1};
    float[] query = {5, 0};
    assertThat(classify(new KnnClassifier(3, 0.07), bank, labels, query, 2)).containsExactly(3);
    assertThat(classify(new KnnClassifier(3, 10), bank, labels, query, 2)).containsExactly(1);
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> KnnClassifier.of(0)).hasMessageContaining("kNN of 0");
  }
}
