package io.bagpipe.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.objective.bingo.BingoReference;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContrastTest {
  private static final int DIMENSION = 16;

  @Test
  void copiesAmongTheNegativesAreCountedAndNeighboursAreNot() {
    float[] rows = BingoReference.randomRows(new Random(1), 4, DIMENSION, true);
    float[] near = rows.clone();
    near[0] += 0.01f;
    try (NegativeQueue queue = new OneDnnNegativeQueue(50, DIMENSION, 3)) {
      queue.enqueue(new UnitOutputs(near, DIMENSION).rows());
      Contrast contrast = new Contrast(queue, 0.2f);
      assertThat(contrast.copies(rows)).containsExactly(0, 1, 1, 1);
      queue.enqueue(rows);
      queue.enqueue(rows);
      assertThat(contrast.copies(rows)).containsExactly(2, 3, 3, 3);
    }
  }

  /** Whatever the student says, and also right on the positive. */
  @Test
  void withCopiesOfThePositiveTheContrastDoesNotFallBelowTheirFloor() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    float[] key = BingoReference.randomRows(random, 1, DIMENSION, true);
    try (NegativeQueue queue = new OneDnnNegativeQueue(50, DIMENSION, 3)) {
      queue.restore(opposite(key, 50), 0);
      Contrast contrast = new Contrast(queue, 0.05f);
      List<Contrast.Positive> positive = List.of(new Contrast.Positive(key, 1));
      assertThat(contrast.of(key, 1, positive).loss()).isLessThan(1e-6);
      queue.enqueue(key);
      queue.enqueue(key);
      assertThat(contrast.copies(key)).containsExactly(2);
      double floor = Math.log1p(2);
      assertThat(contrast.of(key, 1, positive).loss()).isBetween(floor - 1e-5, floor + 1e-4);
      for (int trial = 0; trial < 50; trial++) {
        float[] said = BingoReference.randomRows(random, 1, DIMENSION, false);
        assertThat(contrast.of(said, 1, positive).loss())
            .as("seed %d", seed)
            .isGreaterThan(floor - 1e-5);
      }
    }
  }

  @Test
  void maskedRowsAreNoNegativesOfTheirAnchorAndOfNoOther() {
    float[] keys = BingoReference.randomRows(new Random(1), 3, DIMENSION, true);
    float[] members = BingoReference.randomRows(new Random(2), 3, DIMENSION, true);
    float[] raw = BingoReference.randomRows(new Random(3), 3, DIMENSION, false);
    List<Contrast.Positive> both =
        List.of(new Contrast.Positive(keys, 0.4), new Contrast.Positive(members, 0.6));
    try (NegativeQueue queue = new OneDnnNegativeQueue(40, DIMENSION, 3)) {
      // the second anchor's member is held twice, the third's not at all
      queue.enqueue(Arrays.copyOfRange(members, 0, 2 * DIMENSION));
      queue.enqueue(Arrays.copyOfRange(members, DIMENSION, 2 * DIMENSION));
      Contrast contrast = new Contrast(queue, 0.2f);
      Contrast.Masked masked = new Contrast.Masked(members, contrast.copies(members));
      assertThat(masked.copies()).containsExactly(1, 2, 0);

      double expected = 0;
      for (int row = 0; row < 3; row++) {
        float[] left = without(queue.snapshot(), members, row);
        expected += (0.4 * of(raw, keys, row, left) + 0.6 * of(raw, members, row, left)) / 3;
      }
      TermResult said = contrast.of(raw, 1, both, masked);
      assertThat(said.loss()).isCloseTo(expected, within(1e-5));
      assertThat(said.loss()).isLessThan(contrast.of(raw, 1, both).loss() - 1e-3);
      Slopes.areThoseOf(outputs -> contrast.of(outputs, 1, both, masked), 3, DIMENSION);
    }
  }

  private static double of(float[] raw, float[] targets, int row, float[] negatives) {
    return BingoReference.plainLoss(row(raw, row), row(targets, row), negatives, DIMENSION, 0.2f);
  }

  private static float[] row(float[] matrix, int row) {
    return Arrays.copyOfRange(matrix, row * DIMENSION, (row + 1) * DIMENSION);
  }

  /** The queue's rows but for those that are this one. */
  private static float[] without(float[] rows, float[] of, int row) {
    float[] left = new float[rows.length];
    int kept = 0;
    for (int at = 0; at < rows.length / DIMENSION; at++) {
      if (!Arrays.equals(row(rows, at), row(of, row))) {
        System.arraycopy(rows, at * DIMENSION, left, kept++ * DIMENSION, DIMENSION);
      }
    }
    return Arrays.copyOf(left, kept * DIMENSION);
  }

  private static float[] opposite(float[] key, int count) {
    float[] rows = new float[count * key.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = -key[i % key.length];
    }
    return rows;
  }
}
