package io.bagpipe.model.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.objective.bingo.BingoReference;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What compress-1q and lightly descend. */
class QueueDivergenceTest {
  static List<GoldenCase> compress() {
    return GoldenCase.all("compress1q", "case");
  }

  @ParameterizedTest
  @MethodSource("compress")
  void agreesWithTheReference(GoldenCase golden) {
    try (NegativeQueue queue = golden.queue("queue")) {
      TermResult said = loss(golden, queue).of(golden.floats("s"), golden.floats("t"));
      golden.agrees(said, "loss", "grad_s");
    }
  }

  @Test
  void batchesThroughOneQueueThatTheyDoNotDivideAgreeWithTheReference() {
    GoldenCase golden = GoldenCase.one("sequence", "compress1q");
    try (NegativeQueue queue = golden.queue("queue_before")) {
      QueueDivergence loss = loss(golden, queue);
      for (int step = 0; step < golden.meta().get("steps").asInt(); step++) {
        float[] targets = golden.step("t", step);
        golden.agrees(loss.of(golden.step("s", step), targets), step);
        queue.enqueue(targets);
      }
      assertThat(queue.snapshot()).containsExactly(golden.floats("queue_after"), within(1e-7f));
      assertThat(queue.position()).isEqualTo(golden.meta().get("pointer_after").asInt());
    }
  }

  private static QueueDivergence loss(GoldenCase golden, NegativeQueue queue) {
    return new QueueDivergence(queue, (float) golden.number("temperature"));
  }

  @ParameterizedTest
  @ValueSource(floats = {0.04f, 0.07f, 0.5f})
  void gradientIsThatOfTheLoss(float temperature) {
    float[] targets = BingoReference.randomRows(new Random(3), 3, 6, true);
    try (NegativeQueue queue = new OneDnnNegativeQueue(40, 6, 2)) {
      QueueStart.uniform(queue, 1, 6);
      QueueDivergence loss = new QueueDivergence(queue, temperature);
      Slopes.areThoseOf(raw -> loss.of(raw, targets), 3, 6);
    }
  }

  @Test
  void whoSeesAsTheTeacherDoesLosesNothingAndIsNotPulled() {
    float[] targets = BingoReference.randomRows(new Random(5), 4, 8, true);
    try (NegativeQueue queue = new OneDnnNegativeQueue(64, 8, 1)) {
      TermResult said = new QueueDivergence(queue, 0.07f).of(targets, targets);
      assertThat(said.loss()).isCloseTo(0, within(1e-5));
      for (float value : said.gradient()) {
        assertThat(value).isCloseTo(0, within(1e-5f));
      }
    }
  }

  @Test
  void refusesWhatItCannotWorkWith() {
    try (NegativeQueue queue = new OneDnnNegativeQueue(8, 2, 1)) {
      assertThatThrownBy(() -> new QueueDivergence(queue, 0.02f))
          .hasMessage("temperature 0.02; valid: 0.025 to 100");
      QueueDivergence loss = new QueueDivergence(queue, 0.2f);
      assertThatThrownBy(() -> loss.of(new float[4], new float[2]))
          .hasMessage("outputs and targets of 4 and 2 values; valid: as many rows of 2 in each");
    }
  }

  @Test
  void aUniformBeginningHasRowsOfMeanSquareLengthOneAndIsAFunctionOfSeedAndRow() {
    try (NegativeQueue queue = new OneDnnNegativeQueue(500, 24, 1);
        NegativeQueue longer = new OneDnnNegativeQueue(600, 24, 2)) {
      QueueStart.uniform(queue, 7, 8, 16);
      QueueStart.uniform(longer, 7, 8, 16);
      float[] rows = queue.snapshot();
      double first = 0;
      double second = 0;
      double largest = 0;
      for (int i = 0; i < rows.length; i++) {
        double square = (double) rows[i] * rows[i] / 500;
        first += i % 24 < 8 ? square : 0;
        second += i % 24 < 8 ? 0 : square;
        largest = Math.max(largest, i % 24 < 8 ? Math.abs(rows[i]) : 0);
      }
      assertThat(first).isCloseTo(1, within(0.05));
      assertThat(second).isCloseTo(1, within(0.05));
      assertThat(largest).isBetween(0.99 * Math.sqrt(3.0 / 8), Math.sqrt(3.0 / 8));
      assertThat(Arrays.copyOf(longer.snapshot(), rows.length)).isEqualTo(rows);
    }
  }
}
