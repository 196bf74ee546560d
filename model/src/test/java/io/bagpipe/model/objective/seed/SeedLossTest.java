package io.bagpipe.model.objective.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.objective.GoldenCase;
import io.bagpipe.model.objective.TermResult;
import io.bagpipe.model.objective.bingo.BingoReference;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SeedLossTest {

  static List<GoldenCase> cases() {
    return GoldenCase.all("seed", "case");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheReference(GoldenCase golden) {
    try (NegativeQueue queue = golden.queue("queue")) {
      TermResult said = loss(queue, golden).of(golden.floats("s"), golden.floats("t"));
      golden.agrees(said, "loss", "grad_s");
    }
  }

  @Test
  void aSequenceOfBatchesThroughOneQueueAgreesWithTheReference() {
    GoldenCase golden = GoldenCase.one("sequence", "seed");
    try (NegativeQueue queue = golden.queue("queue_before")) {
      SeedLoss loss = loss(queue, golden);
      for (int step = 0; step < golden.meta().get("steps").asInt(); step++) {
        float[] targets = golden.step("t", step);
        golden.agrees(loss.of(golden.step("s", step), targets), step);
        queue.enqueue(targets);
      }
      assertThat(queue.snapshot()).containsExactly(golden.floats("queue_after"), within(1e-7f));
      assertThat(queue.position()).isEqualTo(golden.meta().get("pointer_after").asInt());
    }
  }

  private static SeedLoss loss(NegativeQueue queue, GoldenCase golden) {
    return new SeedLoss(
        queue,
        (float) golden.number("temperature_student"),
        (float) golden.number("temperature_teacher"));
  }

  @ParameterizedTest
  @CsvSource({"0.2, 0.05", "0.07, 0.3", "0.2, 0.0001"})
  void gradientIsThatOfTheLoss(float student, float teacher) {
    long seed = System.nanoTime();
    int dimension = 6;
    Random random = new Random(seed);
    float[] raw = BingoReference.randomRows(random, 3, dimension, false);
    float[] targets = BingoReference.randomRows(random, 3, dimension, true);
    try (NegativeQueue queue = new OneDnnNegativeQueue(40, dimension, seed)) {
      SeedLoss loss = new SeedLoss(queue, student, teacher);
      float[] gradient = loss.of(raw, targets).gradient();
      for (int i = 0; i < raw.length; i++) {
        float kept = raw[i];
        raw[i] = kept + 1e-2f;
        double up = loss.of(raw, targets).loss();
        raw[i] = kept - 1e-2f;
        double down = loss.of(raw, targets).loss();
        raw[i] = kept;
        assertThat((double) gradient[i])
            .as("seed %d, value %d", seed, i)
            .isCloseTo((up - down) / 2e-2, within(0.02));
      }
    }
  }

  @Test
  void atTheAuthorsTeacherTemperatureItIsTheContrastWithTheViewsOwnEmbedding() {
    Random random = new Random(8);
    float[] raw = BingoReference.randomRows(random, 4, 16, false);
    float[] targets = BingoReference.randomRows(random, 4, 16, true);
    try (NegativeQueue queue = new OneDnnNegativeQueue(64, 16, 1)) {
      double loss = new SeedLoss(queue, 0.2f, 1e-4f).of(raw, targets).loss();
      assertThat(loss)
          .isCloseTo(
              BingoReference.plainLoss(raw, targets, queue.snapshot(), 16, 0.2f), within(1e-5));
    }
  }

  /** Cross-entropy is the target's entropy and a divergence, which who copies the target lacks. */
  @Test
  void theFloorIsTheEntropyOfTheTarget() {
    float[] targets = BingoReference.randomRows(new Random(6), 4, 16, true);
    float[] raw = BingoReference.randomRows(new Random(7), 4, 16, false);
    try (NegativeQueue queue = new OneDnnNegativeQueue(64, 16, 1)) {
      SeedLoss loss = new SeedLoss(queue, 0.2f, 0.2f);
      assertThat(loss.floor(targets)).isBetween(0.1, Math.log(65));
      assertThat(loss.of(targets, targets).loss()).isCloseTo(loss.floor(targets), within(1e-5));
      assertThat(loss.of(raw, targets).loss()).isGreaterThan(loss.floor(targets));
      assertThat(new SeedLoss(queue, 0.2f, 1e-4f).floor(targets)).isBetween(0.0, 5e-3);
    }
  }

  @Test
  void refusesTemperaturesThatItCannotWorkWith() {
    try (NegativeQueue queue = new OneDnnNegativeQueue(8, 2, 1)) {
      assertThatThrownBy(() -> new SeedLoss(queue, 0.01f, 0.1f))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("temperature 0.01; valid: 0.025 to 100");
      assertThatThrownBy(() -> new SeedLoss(queue, 0.2f, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("teacher temperature 0.0; valid: above 0, to 100");
    }
  }
}
