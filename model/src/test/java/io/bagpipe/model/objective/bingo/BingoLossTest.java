package io.bagpipe.model.objective.bingo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.bagpipe.model.Golden;
import io.bagpipe.model.Npy;
import io.bagpipe.model.engine.NegativeQueue;
import io.bagpipe.model.engine.onednn.OneDnnNegativeQueue;
import io.bagpipe.model.objective.Temperatures;
import io.bagpipe.model.objective.TermResult;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BingoLossTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void agreesWithTheReference(int number) {
    Path folder = Golden.path("loss", "case" + number);
    JsonNode meta = Golden.json(folder.resolve("meta.json"));
    float[] keys = Npy.floats(folder.resolve("k.npy"));
    float[] memberKeys = Npy.floats(folder.resolve("kp.npy"));
    float[] negatives = Npy.floats(folder.resolve("queue.npy"));
    double own = meta.get("lambda_own").asDouble();
    double other = meta.get("lambda_other").asDouble();
    double lambda = meta.get("cutmix_lambda").asDouble();
    int dimension = dimension(keys, negatives, folder);

    try (NegativeQueue queue =
        new OneDnnNegativeQueue(negatives.length / dimension, dimension, 1)) {
      BingoLoss loss = new BingoLoss(queue, (float) meta.get("temperature").asDouble());
      queue.restore(negatives, 0);
      double sum = 0;
      sum += agrees(loss, folder, meta, "q", "query", keys, memberKeys, own, other);
      sum += agrees(loss, folder, meta, "p", "member", keys, memberKeys, other, own);
      sum += agrees(loss, folder, meta, "m", "mix", keys, memberKeys, lambda, 1 - lambda);
      assertThat(sum / 3).isCloseTo(meta.get("loss").asDouble(), relative(meta, "loss"));
    }
  }

  /** The folders' arrays are [8,16] [8,16] [5,128] [16,128] [3,8] [1,4]; the header says so. */
  private static int dimension(float[] keys, float[] negatives, Path folder) {
    int dimension = Npy.lastExtent(folder.resolve("k.npy"));
    assertThat(keys.length % dimension + negatives.length % dimension).isZero();
    return dimension;
  }

  private static double agrees(
      BingoLoss loss,
      Path folder,
      JsonNode meta,
      String view,
      String name,
      float[] keys,
      float[] memberKeys,
      double... weights) {
    TermResult term =
        loss.term(
            Npy.floats(folder.resolve(view + ".npy")), keys, memberKeys, weights[0], weights[1]);
    assertThat(term.loss())
        .isCloseTo(meta.get("loss_" + name).asDouble(), relative(meta, "loss_" + name));
    double[] expected = Npy.doubles(folder.resolve("grad_" + view + ".npy"));
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(term.gradient()[i] - expected[i], 2);
      norm += expected[i] * expected[i];
    }
    assertThat(Math.sqrt(difference / norm)).as("gradient of " + view).isLessThan(1e-4);
    return term.loss();
  }

  private static org.assertj.core.data.Offset<Double> relative(JsonNode meta, String name) {
    return within(1e-5 * meta.get(name).asDouble());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8191, 8192, 8193, 20_000})
  void takesEveryRowOfAQueueOfAnySize(int capacity) {
    long seed = System.nanoTime();
    int dimension = 24;
    int batch = 7;
    float temperature = 0.1f;
    float[] raw = BingoReference.randomRows(new Random(seed), batch, dimension, false);
    float[] keys = BingoReference.randomRows(new Random(seed + 1), batch, dimension, true);
    float[] memberKeys = BingoReference.randomRows(new Random(seed + 2), batch, dimension, true);
    try (NegativeQueue queue = new OneDnnNegativeQueue(capacity, dimension, seed)) {
      BingoLoss loss = new BingoLoss(queue, temperature);
      TermResult term = loss.term(raw, keys, memberKeys, 0.3, 0.7);
      double expected =
          0.3 * BingoReference.plainLoss(raw, keys, queue.snapshot(), dimension, temperature)
              + 0.7
                  * BingoReference.plainLoss(
                      raw, memberKeys, queue.snapshot(), dimension, temperature);
      assertThat(term.loss()).as("seed " + seed).isCloseTo(expected, within(1e-5 * expected));
    }
  }

  @Test
  void gradientIsThatOfAThirdOfTheTerm() {
    long seed = System.nanoTime();
    int dimension = 6;
    int batch = 3;
    Random random = new Random(seed);
    float[] raw = BingoReference.randomRows(random, batch, dimension, false);
    float[] keys = BingoReference.randomRows(random, batch, dimension, true);
    float[] memberKeys = BingoReference.randomRows(random, batch, dimension, true);
    try (NegativeQueue queue = new OneDnnNegativeQueue(50, dimension, seed)) {
      BingoLoss loss = new BingoLoss(queue, 0.2f);
      float[] gradient = loss.term(raw, keys, memberKeys, 0.4, 0.6).gradient();
      float[] negatives = queue.snapshot();
      for (int i = 0; i < raw.length; i++) {
        float kept = raw[i];
        double[] value = new double[2];
        for (int side = 0; side < 2; side++) {
          raw[i] = kept + (side == 0 ? 1e-3f : -1e-3f);
          value[side] =
              0.4 * BingoReference.plainLoss(raw, keys, negatives, dimension, 0.2f)
                  + 0.6 * BingoReference.plainLoss(raw, memberKeys, negatives, dimension, 0.2f);
        }
        raw[i] = kept;
        assertThat((double) gradient[i])
            .as("seed %d, value %d", seed, i)
            .isCloseTo((value[0] - value[1]) / 2e-3 / 3, within(2e-4));
      }
    }
  }

  @Test
  void staysFiniteAtTheLowestTemperatureWhenAllNegativesAreOpposite() {
    int dimension = 4;
    try (NegativeQueue queue = new OneDnnNegativeQueue(3, dimension, 1)) {
      BingoLoss loss = new BingoLoss(queue, Temperatures.LOWEST);
      float[] opposite = {-1, 0, 0, 0, -1, 0, 0, 0, -1, 0, 0, 0};
      queue.restore(opposite, 0);
      float[] student = {5, 0, 0, 0};
      float[] opposed = {-1, 0, 0, 0};
      TermResult term = loss.term(student, opposed, opposed, 1, 0);
      assertThat(term.loss()).isCloseTo(Math.log(4), within(1e-4));
      assertThat(term.isFinite()).isTrue();
    }
  }

  @Test
  void aKeyOfWeightZeroHasNoPart() {
    try (NegativeQueue queue = new OneDnnNegativeQueue(8, 2, 1)) {
      BingoLoss loss = new BingoLoss(queue, 0.2f);
      float[] nothing = {Float.NaN, Float.NaN};
      TermResult term = loss.term(new float[] {1, 2}, new float[] {1, 0}, nothing, 1, 0);
      assertThat(term.isFinite()).isTrue();
      assertThat(loss.term(new float[] {1, 2}, new float[] {1, 0}, nothing, 1, 1e-9).isFinite())
          .isFalse();
    }
  }

  @Test
  void refusesATemperatureThatUnderflows() {
    try (NegativeQueue queue = new OneDnnNegativeQueue(8, 2, 1)) {
      assertThatThrownBy(() -> new BingoLoss(queue, 0.01f))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("temperature 0.01");
    }
  }
}
