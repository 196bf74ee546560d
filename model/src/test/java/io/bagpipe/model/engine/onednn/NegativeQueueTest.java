package io.bagpipe.model.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NegativeQueueTest {

  @Test
  void startsAsRandomUnitVectorsOfTheSeed() {
    try (OneDnnNegativeQueue queue = new OneDnnNegativeQueue(500, 16, 3);
        OneDnnNegativeQueue same = new OneDnnNegativeQueue(500, 16, 3);
        OneDnnNegativeQueue other = new OneDnnNegativeQueue(500, 16, 4)) {
      float[] rows = queue.snapshot();
      double mean = 0;
      for (int row = 0; row < 500; row++) {
        double squares = 0;
        for (int i = 0; i < 16; i++) {
          squares += rows[row * 16 + i] * rows[row * 16 + i];
          mean += rows[row * 16 + i] / rows.length;
        }
        assertThat(squares).isCloseTo(1, within(1e-5));
      }
      assertThat(mean).isCloseTo(0, within(0.02));
      assertThat(same.snapshot()).isEqualTo(rows);
      assertThat(other.snapshot()).isNotEqualTo(rows);
    }
  }

  @Test
  void keepsTheNewestKeysWhateverTheBatches() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int capacity = 10;
    try (OneDnnNegativeQueue queue = new OneDnnNegativeQueue(capacity, 2, 1)) {
      Deque<Float> expected = new ArrayDeque<>();
      float next = 0;
      for (int round = 0; round < 200; round++) {
        float[] keys = new float[2 * random.nextInt(25)];
        for (int i = 0; i < keys.length; i += 2) {
          keys[i] = next++;
          expected.addLast(keys[i]);
        }
        queue.enqueue(keys);
        while (expected.size() > capacity) {
          expected.removeFirst();
        }
        if (expected.size() == capacity) {
          float[] rows = queue.snapshot();
          int at = queue.position();
          for (float key : expected) {
            assertThat(rows[2 * at]).as("seed " + seed).isEqualTo(key);
            at = (at + 1) % capacity;
          }
        }
      }
    }
  }

  @Test
  void restoresASnapshotAndGoesOnFromItsPosition() {
    try (OneDnnNegativeQueue queue = new OneDnnNegativeQueue(5, 1, 1);
        OneDnnNegativeQueue restored = new OneDnnNegativeQueue(5, 1, 2)) {
      queue.enqueue(new float[] {1, 2, 3});
      restored.restore(queue.snapshot(), queue.position());
      queue.enqueue(new float[] {4, 5, 6, 7});
      restored.enqueue(new float[] {4, 5, 6, 7});
      assertThat(restored.snapshot()).isEqualTo(queue.snapshot()).containsExactly(6, 7, 3, 4, 5);
      assertThat(restored.position()).isEqualTo(queue.position());
    }
  }

  @Test
  void refusesASnapshotOfAnotherSize() {
    try (OneDnnNegativeQueue queue = new OneDnnNegativeQueue(5, 2, 1)) {
      assertThatThrownBy(() -> queue.restore(new float[8], 0)).hasMessageContaining("5 x 2");
      assertThatThrownBy(() -> queue.restore(new float[10], 5)).hasMessageContaining("position 5");
      assertThatThrownBy(() -> queue.enqueue(new float[3])).hasMessageContaining("rows of 2");
    }
  }
}
