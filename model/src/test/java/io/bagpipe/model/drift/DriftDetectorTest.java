package io.bagpipe.model.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.drift.DriftState.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DriftDetectorTest {
  private static final int DIMENSION = 24;
  private static final DetectorConfig CONFIG = new DetectorConfig(256, 128, 1e7);

  /** Unit vectors about a few centres, as a teacher's features are. */
  private static final class Stream {
    private final Random random;
    private final float[][] centres = new float[6][DIMENSION];

    Stream(long seed) {
      random = new Random(seed);
      for (float[] centre : centres) {
        for (int j = 0; j < DIMENSION; j++) {
          centre[j] = (float) random.nextGaussian();
        }
      }
    }

    float[] next(int from, int to) {
      float[] centre = centres[from + random.nextInt(to - from)];
      float[] vector = new float[DIMENSION];
      double squares = 0;
      for (int j = 0; j < DIMENSION; j++) {
        vector[j] = centre[j] + (float) random.nextGaussian();
        squares += vector[j] * vector[j];
      }
      for (int j = 0; j < DIMENSION; j++) {
        vector[j] /= (float) Math.sqrt(squares);
      }
      return vector;
    }
  }

  private static DriftDetector detector() {
    return new DriftDetector(CONFIG, DIMENSION, 7);
  }

  @Test
  void findsEachChangeSoonAndNothingElse() {
    for (long seed = 1; seed <= 5; seed++) {
      Stream stream = new Stream(seed);
      DriftDetector detector = detector();
      List<Long> found = new ArrayList<>();
      for (int i = 0; i < 9000; i++) {
        int kind = i < 5000 ? 0 : i < 7000 ? 2 : 4;
        detector.add(stream.next(kind, kind + 2)).ifPresent(change -> found.add(change.images()));
      }
      assertThat(found).as("seed %d", seed).hasSize(2);
      assertThat(found.get(0)).as("seed %d", seed).isBetween(5001L, 5150L);
      assertThat(found.get(1)).as("seed %d", seed).isBetween(7001L, 7150L);
    }
  }

  /** The threshold is what it says: with a short run length, alarms are rare but not absent. */
  @Test
  void falseAlarmsAreAsRareAsAskedFor() {
    DetectorConfig often = new DetectorConfig(512, 128, 2000);
    long images = 0;
    int alarms = 0;
    for (long seed = 1; seed <= 20; seed++) {
      Stream stream = new Stream(seed);
      DriftDetector detector = new DriftDetector(often, DIMENSION, seed);
      for (int i = 0; i < 10_000; i++) {
        alarms += detector.add(stream.next(0, 6)).isPresent() ? 1 : 0;
        images += detector.isWatching() ? 1 : 0;
      }
    }
    assertThat(alarms).isGreaterThan(4);
    assertThat(images / alarms).isBetween(2000L, 20_000L);
  }

  @Test
  void aSlowChangeAddsUp() {
    Stream stream = new Stream(11);
    DriftDetector detector = detector();
    int found = -1;
    for (int i = 0; i < 6000 && found < 0; i++) {
      boolean later = stream.random.nextDouble() < (i - 2000) / 4000.0;
      Optional<Change> change = detector.add(later ? stream.next(3, 6) : stream.next(0, 3));
      found = change.isPresent() ? i : -1;
    }
    assertThat(found).isBetween(2000, 4500);
  }

  /** Images in runs of a kind: by single images every run would be a change. */
  @Test
  void runsOfAKindAreNoChange() {
    Stream stream = new Stream(5);
    Random kinds = new Random(6);
    DetectorConfig config = new DetectorConfig(1024, 64, 1e7);
    DriftDetector detector = new DriftDetector(config, DIMENSION, 7);
    int alarms = 0;
    int kind = 0;
    for (int i = 0; i < 8000; i++) {
      kind = i % 8 == 0 ? kinds.nextInt(6) : kind;
      alarms += detector.add(stream.next(kind, kind + 1)).isPresent() ? 1 : 0;
    }
    assertThat(alarms).isZero();
  }

  @Test
  void goesOnAnywhereFromItsStateAndBlocks() {
    Stream stream = new Stream(2);
    DriftDetector whole = detector();
    DriftDetector broken = detector();
    TreeMap<Integer, Block> kept = new TreeMap<>();
    Random kills = new Random(3);
    int changes = 0;
    for (int i = 0; i < 3000; i++) {
      int kind = i < 900 ? 0 : i < 1500 ? 3 : 1;
      float[] vector = stream.next(kind, kind + 2);
      Optional<Change> expected = whole.add(vector);
      assertThat(broken.add(vector)).as("image %d", i).isEqualTo(expected);
      changes += expected.isPresent() ? 1 : 0;
      if (kills.nextInt(40) == 0) {
        broken.changed().forEach(block -> kept.put(block.slot(), block));
        DriftState state = broken.state();
        broken = detector();
        broken.restore(state, kept.values());
        assertThat(broken.latest()).isEqualTo(whole.latest());
        assertThat(broken.changed()).isEmpty();
      }
    }
    assertThat(changes).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 7})
  void aStreamOfAFewImagesOverAndOverIsTakenAsItIs(int images) {
    Stream stream = new Stream(4);
    float[][] few = new float[images][];
    for (int i = 0; i < images; i++) {
      few[i] = stream.next(i % 5, i % 5 + 1);
    }
    DriftDetector detector = detector();
    for (int i = 0; i < 3000; i++) {
      assertThat(detector.add(few[i % images])).as("image %d", i).isEmpty();
    }
    assertThat(detector.latest().threshold()).isFinite();
  }

  @Test
  void aStateOfAnotherKindIsRefused() {
    DriftDetector detector = detector();
    assertThatThrownBy(
            () -> detector.restore(new DriftState(300, 0, 0, new double[0], 0), List.of()))
        .hasMessageContaining("its reference");
    assertThatThrownBy(
            () -> detector.restore(new DriftState(300, 0, 1, new double[3], 1), List.of()))
        .hasMessageContaining("its mean");
  }

  @Test
  void imagesThatAreAllAlikeAreNoChangeUntilOneIsNot() {
    Stream stream = new Stream(8);
    float[] same = stream.next(0, 1);
    float[] other = stream.next(1, 2);
    DriftDetector detector = detector();
    for (int i = 0; i < 1000; i++) {
      assertThat(detector.add(same)).isEmpty();
    }
    int delay = 0;
    for (boolean found = false; !found && delay < 100; delay++) {
      found = detector.add(other).isPresent();
    }
    assertThat(delay).isLessThanOrEqualTo(32);
  }
}
