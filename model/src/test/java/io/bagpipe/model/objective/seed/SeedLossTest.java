package io.bagpipe.model.objective.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.bagpipe.model.Golden;
import io.bagpipe.model.Npy;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.objective.TermResult;
import io.bagpipe.model.objective.bingo.BingoReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SeedLossTest {

  static List<Path> cases() throws IOException {
    try (var folders = Files.list(Golden.path("objectives", "seed"))) {
      return folders.filter(Files::isDirectory).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheReference(Path folder) {
    JsonNode meta = Golden.json(folder.resolve("meta.json"));
    float[] rows = Npy.floats(folder.resolve("queue.npy"));
    int dimension = Npy.lastExtent(folder.resolve("queue.npy"));
    try (NegativeQueue queue = new OneDnnNegativeQueue(rows.length / dimension, dimension, 1)) {
      queue.restore(rows, 0);
      TermResult said =
          loss(queue, meta)
              .of(Npy.floats(folder.resolve("s.npy")), Npy.floats(folder.resolve("t.npy")));
      agrees(
          said, meta.get("loss").asDouble(), Npy.doubles(folder.resolve("grad_s.npy")), meta, "s");
    }
  }

  @Test
  void aSequenceOfBatchesThroughOneQueueAgreesWithTheReference() {
    Path folder = Golden.path("objectives", "sequence", "seed");
    JsonNode meta = Golden.json(folder.resolve("meta.json"));
    float[] rows = Npy.floats(folder.resolve("queue_before.npy"));
    float[] s = Npy.floats(folder.resolve("s.npy"));
    float[] t = Npy.floats(folder.resolve("t.npy"));
    double[] gradient = Npy.doubles(folder.resolve("grad_s.npy"));
    int dimension = Npy.lastExtent(folder.resolve("queue_before.npy"));
    int steps = meta.get("steps").asInt();
    int values = s.length / steps;
    try (NegativeQueue queue = new OneDnnNegativeQueue(rows.length / dimension, dimension, 1)) {
      queue.restore(rows, 0);
      SeedLoss loss = loss(queue, meta);
      for (int step = 0; step < steps; step++) {
        int from = step * values;
        float[] targets = Arrays.copyOfRange(t, from, from + values);
        TermResult said = loss.of(Arrays.copyOfRange(s, from, from + values), targets);
        double[] wanted = Arrays.copyOfRange(gradient, from, from + values);
        agrees(said, meta.get("losses").get(step).asDouble(), wanted, meta, "step " + step);
        queue.enqueue(targets);
      }
      assertThat(queue.snapshot())
          .containsExactly(Npy.floats(folder.resolve("queue_after.npy")), within(1e-7f));
      assertThat(queue.position()).isEqualTo(meta.get("pointer_after").asInt());
    }
  }

  private static SeedLoss loss(NegativeQueue queue, JsonNode meta) {
    return new SeedLoss(
        queue,
        (float) meta.get("temperature_student").asDouble(),
        (float) meta.get("temperature_teacher").asDouble());
  }

  private static void agrees(
      TermResult said, double loss, double[] gradient, JsonNode meta, String what) {
    double tolerance = meta.get("tolerance_value").asDouble() * Math.max(1, Math.abs(loss));
    assertThat(said.loss()).as(what).isCloseTo(loss, within(tolerance));
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < gradient.length; i++) {
      difference += Math.pow(said.gradient()[i] - gradient[i], 2);
      norm += gradient[i] * gradient[i];
    }
    assertThat(Math.sqrt(difference))
        .as("gradient of " + what)
        .isLessThanOrEqualTo(meta.get("tolerance_gradient").asDouble() * Math.sqrt(norm));
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
